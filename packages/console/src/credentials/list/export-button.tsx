import { routes } from '@keyporter/sdk'
import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { announce } from '../../components/announcer.tsx'
import { saveFile } from '../../components/save-file.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Filters } from './list-search.ts'
import messages from './messages.json'

const text = catalogue(messages)
const mediaType = 'text/csv'
/** Long enough for tens of thousands of rows, which are streamed. */
const TIMEOUT_MS = 300_000

type ExportButtonProps = {
  readonly filters: Filters
  /** Called with the error, and with undefined when an export starts. */
  readonly onFault: (error: unknown) => void
}

/** Exports all matching credentials as CSV. */
export function ExportButton({ filters, onFault }: ExportButtonProps) {
  const { client } = useActing()
  const [isBusy, setBusy] = useState(false)
  const save = async (): Promise<void> => {
    setBusy(true)
    onFault(undefined)
    try {
      const options = { mediaType, timeoutMs: TIMEOUT_MS }
      const stream = await client.download(routes.credentials.list, filters, options)
      const name = `credentials-${new Date().toISOString().slice(0, 10)}.csv`
      await saveFile(stream, { name, mediaType })
      announce(text('exported', { file: name }))
    } catch (error) {
      onFault(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button
      variant="default"
      loading={isBusy}
      leftSection={<IconDownload size={16} aria-hidden />}
      onClick={() => void save()}
    >
      {text('export')}
    </Button>
  )
}
