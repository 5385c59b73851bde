import { routes } from '@keyporter/sdk'
import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useActing } from '../api/acting.ts'
import { announce } from '../components/announcer.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { Problem } from '../components/problem.tsx'
import { saveFile } from '../components/save-file.ts'
import { catalogue } from '../messages/catalogue.ts'
import type { AuditFilters } from './filters.ts'
import messages from './messages.json'

const text = catalogue(messages)

const formats = [
  { label: 'exportCsv', mediaType: 'text/csv', name: 'audit-events.csv' },
  { label: 'exportNdjson', mediaType: 'application/x-ndjson', name: 'audit-events.ndjson' },
] as const
type Format = (typeof formats)[number]

/** Downloads all events that match the filters. */
export function ExportMenu({ query }: Pick<AuditFilters, 'query'>) {
  const { client } = useActing()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const save = async ({ mediaType, name }: Format): Promise<void> => {
    setBusy(true)
    setError(undefined)
    try {
      const stream = await client.download(routes.auditEvents.list, query, { mediaType })
      await saveFile(stream, { name, mediaType })
      announce(text('exported', { file: name }))
    } catch (caught) {
      setError(caught)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Menu
        button={(props) => (
          <Button
            {...props}
            variant="default"
            loading={isBusy}
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {text('export')}
          </Button>
        )}
      >
        {formats.map((format) => (
          <MenuItem key={format.name} onClick={() => void save(format)}>
            {text(format.label)}
          </MenuItem>
        ))}
      </Menu>
      {error !== undefined && <Problem error={error} title={text('exportFailed')} />}
    </>
  )
}
