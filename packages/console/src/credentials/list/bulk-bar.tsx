import { Button, Text } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { announce } from '../../components/announcer.tsx'
import { Problem } from '../../components/problem.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import classes from './list.module.css'
import type { Filters } from './list-search.ts'
import messages from './messages.json'
import { isSelectable, type Selection } from './selection.ts'

const text = catalogue(messages)

type BulkBarProps = {
  readonly selection: Selection
  /** The filters of the list. */
  readonly filters: Filters
  /** The number of selectable credentials on all pages. */
  readonly selectableCount: number
  readonly onRevoke: () => void
}

/** The actions for selected credentials. */
export function BulkBar({ selection, filters, selectableCount, onRevoke }: BulkBarProps) {
  const { client } = useActing()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const count = selection.selected.length
  if (count === 0) return null
  const selectAll = async (): Promise<void> => {
    setBusy(true)
    setError(undefined)
    try {
      const all: Credential[] = []
      // By creation time, which does not change: other orders could skip or repeat rows while paging.
      const pages = client.credentials.list({ ...filters, sort: '-createdAt', limit: 100 })
      for await (const credential of pages) if (isSelectable(credential)) all.push(credential)
      selection.put(all)
      announce(text('select.count', { count: all.length }))
    } catch (fault) {
      setError(fault)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      {error !== undefined && <Problem error={error} title={text('select.failed')} />}
      <section className={classes.bar} aria-label={text('select.bar')}>
        <Text size="sm" fw={600}>
          {text('select.count', { count })}
        </Text>
        {!selection.isPageSelected && (
          <Button size="xs" variant="subtle" onClick={selection.togglePage}>
            {text('select.page')}
          </Button>
        )}
        {selection.isPageSelected && count < selectableCount && (
          <Button size="xs" variant="subtle" loading={isBusy} onClick={() => void selectAll()}>
            {text('select.all', { count: selectableCount })}
          </Button>
        )}
        <Button size="xs" variant="subtle" onClick={selection.clear}>
          {text('select.clear')}
        </Button>
        <Button
          size="xs"
          color="red"
          variant="outline"
          ml="auto"
          leftSection={<IconBan size={14} aria-hidden />}
          onClick={onRevoke}
        >
          {text('select.revoke')}
        </Button>
      </section>
    </>
  )
}
