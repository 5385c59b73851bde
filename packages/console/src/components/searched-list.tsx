import { Stack } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { announce } from './announcer.tsx'
import { DataArea, NoMatches } from './data-area.tsx'
import { type Column, CursorPages, DataTable } from './data-table.tsx'
import messages from './messages.json'
import { SearchBox } from './search-box.tsx'

const text = catalogue(messages)

type Page<Row> = { readonly data: readonly Row[]; readonly nextCursor: string | null }
type Address = { readonly q?: string | undefined; readonly cursor?: string | undefined }

type SearchedListProps<Row> = {
  /** Prefix of the query key. Search text and cursor are appended. */
  readonly queryKey: readonly unknown[]
  readonly load: (address: Address) => Promise<Page<Row>>
  readonly columns: readonly Column<Row>[]
  readonly searchLabel: string
  readonly tableLabel: string
  readonly failure: string
  readonly noMatches: string
  /** Shown if there are no rows and no search text. */
  readonly empty?: ReactNode
}

/** A searchable, paginated table. Search text and cursor are in the URL. */
export function SearchedList<Row extends { readonly id: string }>(props: SearchedListProps<Row>) {
  const { queryKey, load, noMatches, empty } = props
  const { q = '', cursor }: Address = useSearch({ strict: false })
  const navigate = useNavigate()
  const { history } = useRouter()
  const query = useQuery({
    queryKey: [...queryKey, { q, cursor }],
    queryFn: () => load({ ...(q === '' ? {} : { q }), cursor }),
    placeholderData: keepPreviousData,
  })
  useFoundAnnounced(q, query.isPlaceholderData ? undefined : query.data)
  const updateSearch = (next: Address, replace = false): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, cursor: undefined, ...next }),
      replace,
    })
  const search = (typed: string): void =>
    updateSearch({ q: typed === '' ? undefined : typed }, true)
  const isSearched = q !== '' || empty === undefined
  return (
    <Stack gap="md">
      <SearchBox label={props.searchLabel} value={q} onSearch={search} />
      <DataArea
        query={query}
        failure={props.failure}
        isEmpty={({ data }) => data.length === 0}
        empty={isSearched ? <NoMatches onClear={() => search('')}>{noMatches}</NoMatches> : empty}
      >
        {({ data, nextCursor }) => (
          <div>
            <DataTable
              label={props.tableLabel}
              columns={props.columns}
              rows={data}
              rowKey={({ id }) => id}
              isBusy={query.isPlaceholderData}
            />
            <CursorPages
              nextCursor={nextCursor}
              cursor={cursor}
              onNext={(next) => updateSearch({ cursor: next })}
              onPrevious={() => history.back()}
            />
          </div>
        )}
      </DataArea>
    </Stack>
  )
}

/** Announces the number of results to screen readers. */
function useFoundAnnounced(q: string, found: Page<unknown> | undefined): void {
  useEffect(() => {
    if (q === '' || found === undefined) return
    const count = found.data.length
    announce(text(found.nextCursor === null ? 'found' : 'foundMore', { count }))
  }, [q, found])
}
