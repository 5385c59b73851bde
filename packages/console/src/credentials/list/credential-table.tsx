import { VisuallyHidden } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { useCan } from '../../api/session.ts'
import { DataTable } from '../../components/data-table.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import { BulkBar } from './bulk-bar.tsx'
import { columnsOf } from './columns.tsx'
import { type ApiSummary, type CredentialPage, countOfView, countsOf } from './credentials-query.ts'
import { type ListState, warningOf } from './list-search.ts'
import messages from './messages.json'
import { PagesBar } from './pages-bar.tsx'
import type { Selection } from './selection.ts'
import type { OptionalColumn } from './shown-columns.ts'

const text = catalogue(messages)

/** The minimum width for all columns next to the navigation. */
const CARDS_BELOW_EM = 72

type CredentialTableProps = {
  readonly state: ListState
  readonly query: UseQueryResult<CredentialPage>
  readonly page: CredentialPage
  readonly apis: readonly ApiSummary[]
  readonly shown: readonly OptionalColumn[]
  readonly selection: Selection
  readonly onRevoke: (credential: Credential) => void
  readonly onRevokeSelected: () => void
}

/** A page of credentials with bulk actions and pagination. */
export function CredentialTable(props: CredentialTableProps) {
  const { state, query, page, apis, shown, selection, onRevoke, onRevokeSelected } = props
  const mayWrite = useCan('CREDENTIAL_WRITE')
  const total = totalOf(state, page)
  const columns = columnsOf({ apis, shown, onRevoke, selection: mayWrite ? selection : undefined })
  return (
    <div>
      <DataTable
        label={text('list')}
        columns={columns}
        rows={page.data}
        rowKey={({ id }) => id}
        sort={state.sort}
        onSort={(sort) => state.change({ sort: firstSort(sort, state.sort) })}
        isBusy={query.isPlaceholderData}
        cardsBelowEm={CARDS_BELOW_EM}
      />
      <VisuallyHidden role="status">
        {query.isPlaceholderData ? '' : text('result', { count: total })}
      </VisuallyHidden>
      {mayWrite && (
        <BulkBar
          selection={selection}
          filters={state.filters}
          selectableCount={selectableOf(state, page)}
          onRevoke={onRevokeSelected}
        />
      )}
      <PagesBar
        state={state}
        nextCursor={page.nextCursor}
        rowCount={page.data.length}
        total={total}
      />
    </div>
  )
}

/** Returns the number of matching credentials on all pages. */
function totalOf({ view, search }: ListState, page: CredentialPage): number {
  const counts = countsOf(page)
  const warning = warningOf(search.warning)
  return warning === undefined ? countOfView(view, counts) : counts.warningCounts[warning]
}

function selectableOf(state: ListState, page: CredentialPage): number {
  if (state.view === 'revoked') return 0
  const { counts } = countsOf(page)
  return totalOf(state, page) - (state.view === 'all' ? counts.revoked : 0)
}

/** Returns the initial sort order of a column: ascending for names and expiries, descending otherwise. */
function firstSort(sort: string, current: string): string {
  const name = sort.replace('-', '')
  const isFirst = current.replace('-', '') !== name
  return isFirst && (name === 'name' || name === 'expiresAt') ? name : sort
}
