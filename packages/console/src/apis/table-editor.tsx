import { PERMISSION_ACTIONS } from '@keyporter/protocol'
import { Button, Stack, Text } from '@mantine/core'
import { type Dispatch, useState } from 'react'
import { NoMatches } from '../components/data-area.tsx'
import { SearchBox } from '../components/search-box.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { actionName } from './action-name.ts'
import { AddResource } from './add-resource.tsx'
import messages from './messages.json'
import type { DraftChange, DraftRow } from './table-draft.ts'
import classes from './table-editor.module.css'
import { TableRow } from './table-row.tsx'

const text = catalogue(messages)

/** More rows are rendered on demand: each has seven controls. */
const ROWS_AT_ONCE = 50
/** Shorter tables need no search box. */
const SEARCH_FROM = 13

type TableEditorProps = {
  readonly rows: readonly DraftRow[]
  /** Undefined for a read-only table. */
  readonly change: Dispatch<DraftChange> | undefined
  readonly search: string
  readonly onSearch: (search: string) => void
  /** The API of the table; undefined for an API that is not created yet. */
  readonly apiId?: string
}

/** The permission table of an API: its resources and the actions each one supports. */
export function TableEditor({ rows, change, search, onSearch, apiId }: TableEditorProps) {
  const [shown, setShown] = useState(ROWS_AT_ONCE)
  const found = findRows(rows, search)
  const drawn = found.slice(0, shown)
  const [first, last] = [rows.at(0)?.key, rows.at(-1)?.key]
  return (
    <Stack gap="md">
      {rows.length >= SEARCH_FROM && (
        <SearchBox label={text('searchResources')} value={search} onSearch={onSearch} />
      )}
      {rows.length > 0 && found.length === 0 && (
        <NoMatches onClear={() => onSearch('')}>{text('noResourceMatches')}</NoMatches>
      )}
      {drawn.length > 0 && (
        // A plain table: the component of the library rerenders every cell on each change.
        <section className={classes.scroll} aria-label={text('resourcesAndActions')} tabIndex={0}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{text('resource')}</th>
                <th scope="col">{text('description')}</th>
                {PERMISSION_ACTIONS.map((action) => (
                  <th key={action} scope="col" className={classes.middle}>
                    {actionName(action)}
                  </th>
                ))}
                {change !== undefined && (
                  <th scope="col" className={classes.end}>
                    {text('rowActions')}
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {drawn.map((row) => (
                <TableRow
                  key={row.key}
                  row={row}
                  change={change}
                  apiId={apiId}
                  mayMoveUp={search === '' && row.key !== first}
                  mayMoveDown={search === '' && row.key !== last}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {found.length > drawn.length && (
        <div>
          <Button variant="default" onClick={() => setShown(shown + ROWS_AT_ONCE)}>
            {text('showMoreResources', { count: found.length - drawn.length })}
          </Button>
        </div>
      )}
      {rows.length === 0 && <Text c="dimmed">{text('noResources')}</Text>}
      {change !== undefined && <AddResource rows={rows} change={change} />}
    </Stack>
  )
}

function findRows(rows: readonly DraftRow[], search: string): readonly DraftRow[] {
  const wanted = search.trim().toLowerCase()
  if (wanted === '') return rows
  return rows.filter(({ resource, description }) =>
    `${resource} ${description}`.toLowerCase().includes(wanted),
  )
}
