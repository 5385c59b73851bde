import { Button, Group, Stack } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { SearchBox } from '../../components/search-box.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import { ColumnChooser } from './column-chooser.tsx'
import type { ApiSummary, Counts } from './credentials-query.ts'
import { FilterPanel } from './filter-panel.tsx'
import classes from './list.module.css'
import type { ListState } from './list-search.ts'
import messages from './messages.json'
import type { OptionalColumn } from './shown-columns.ts'
import { SortSelect } from './sort-select.tsx'
import { StatusLinks } from './status-links.tsx'

const text = catalogue(messages)

type ToolbarProps = {
  readonly state: ListState
  readonly counts: Counts | undefined
  readonly apis: readonly ApiSummary[]
  readonly rows: readonly Credential[]
  readonly columns: readonly OptionalColumn[]
  readonly onColumns: (shown: readonly string[]) => void
}

const panelFilters = [
  'permission',
  'apiId',
  'kind',
  'createdById',
  'expiresFrom',
  'expiresTo',
] as const

/** Search, filters, sorting and columns of the list. */
export function Toolbar({ state, counts, apis, rows, columns, onColumns }: ToolbarProps) {
  const panel = useId()
  const { search } = state
  const count = panelFilters.filter((name) => Boolean(search[name])).length
  const [isOpen, setOpen] = useState(count > 0)
  const find = (q: string): void =>
    // Only the start of a search adds a history entry.
    state.change({ q: q || undefined }, { replace: Boolean(search.q) && q !== '' })
  return (
    <Stack gap="sm">
      <Group gap="sm" className={classes.tools}>
        <SearchBox label={text('search')} value={search.q ?? ''} onSearch={find} />
        <Button
          variant="default"
          leftSection={<IconFilter size={16} aria-hidden />}
          aria-expanded={isOpen}
          aria-controls={isOpen ? panel : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          {text('filters', { count })}
        </Button>
        {state.isNarrowed && (
          <Button variant="subtle" onClick={state.clear}>
            {text('filter.clear')}
          </Button>
        )}
        <Group ml={{ sm: 'auto' }} gap="sm">
          <SortSelect state={state} />
          <ColumnChooser shown={columns} onChange={onColumns} />
        </Group>
      </Group>
      {isOpen && <FilterPanel id={panel} state={state} apis={apis} rows={rows} />}
      <StatusLinks state={state} counts={counts} />
    </Stack>
  )
}
