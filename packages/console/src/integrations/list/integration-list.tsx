import { Button, Group, NativeSelect, Stack } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { useCan } from '../../api/session.ts'
import { DataArea, EmptyState, NoMatches } from '../../components/data-area.tsx'
import { CursorPages, DataTable } from '../../components/data-table.tsx'
import { useDialogUrl } from '../../components/dialog-url.ts'
import { NoPermission } from '../../components/no-permission.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { authTypeName } from '../authentication-type-names.ts'
import { authTypes } from '../authentication-types.ts'
import { DeleteDialog } from '../delete-dialog.tsx'
import { useIntegration } from '../integration.ts'
import messages from '../messages.json'
import { columnsOf } from './columns.tsx'
import { type IntegrationPage, statuses, useIntegrationPage } from './list-state.ts'

const text = catalogue(messages)

/** The minimum width for all columns next to the navigation. */
const CARDS_BELOW_EM = 76

/** The integration list with search, filters and sorting. */
export function IntegrationList({ empty }: { readonly empty: ReactNode }) {
  const page = useIntegrationPage()
  const { query, put, sort, cursor } = page
  const { history } = useRouter()
  const mayDelete = useCan('INTEGRATION_DELETE')
  const mayWrite = useCan('INTEGRATION_WRITE')
  const { environment } = useActing()
  const isNothing = query.data?.data.length === 0 && !page.isNarrowed && cursor === undefined
  return (
    <Stack gap="md">
      {!isNothing && <Toolbar page={page} />}
      <DataArea
        query={query}
        failure={text('listFailed')}
        skeleton={{ rows: 6, height: 56 }}
        isEmpty={({ data }) => data.length === 0}
        empty={
          isNothing ? (
            <EmptyState actions={empty}>
              {text(environment === 'test' ? 'emptyTest' : 'empty')}
            </EmptyState>
          ) : (
            <NoMatches onClear={page.clear}>{text('noneMatch')}</NoMatches>
          )
        }
      >
        {({ data, nextCursor }) => (
          <div>
            <DataTable
              label={text('title')}
              columns={columnsOf({ mayWrite, mayDelete })}
              rows={data}
              rowKey={({ id }) => id}
              sort={sort}
              onSort={(next) => put({ sort: firstSort(next, sort) })}
              isBusy={query.isPlaceholderData}
              cardsBelowEm={CARDS_BELOW_EM}
            />
            <CursorPages
              nextCursor={nextCursor}
              cursor={cursor}
              onNext={(next) => put({ cursor: next })}
              onPrevious={() => history.back()}
            />
          </div>
        )}
      </DataArea>
      {!mayWrite && <NoPermission privilege="integrations.manage" title={text('readOnly')} />}
      {mayDelete && <Deleting />}
    </Stack>
  )
}

/** Returns the initial sort order of a column: ascending for names, descending for instants. */
function firstSort(next: string, sort: string): string {
  const isFirst = next.replace('-', '') !== sort.replace('-', '')
  return isFirst && next.endsWith('name') ? 'name' : next
}

function Toolbar({ page }: { readonly page: IntegrationPage }) {
  const { put } = page
  const [typed] = useState(page.q)
  return (
    <Group gap="sm" align="flex-end">
      <SearchBox
        label={text('search')}
        value={page.q}
        // Only the start of a search adds a history entry.
        onSearch={(q) => put({ q: q || undefined }, typed !== '' || page.q !== '')}
      />
      <NativeSelect
        aria-label={text('filter.kind')}
        value={page.kind ?? ''}
        onChange={(event) => put({ kind: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: text('filter.anyKind') },
          ...authTypes.map((kind) => ({ value: kind, label: authTypeName(kind) })),
        ]}
      />
      <NativeSelect
        aria-label={text('filter.status')}
        value={page.connectionStatus ?? ''}
        onChange={(event) => put({ status: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: text('filter.anyStatus') },
          ...statuses.map((status) => ({ value: status, label: text(`status.${status}`) })),
        ]}
      />
      {page.isNarrowed && (
        <Button variant="subtle" onClick={page.clear}>
          {text('filter.clear')}
        </Button>
      )}
    </Group>
  )
}

/** Renders the delete dialog for the integration of the URL. */
function Deleting() {
  const { dialog, target, close } = useDialogUrl()
  const asked = useIntegration(dialog === 'delete' ? target : undefined)
  if (dialog !== 'delete' || asked.data === undefined) return null
  return <DeleteDialog integration={asked.data} onClose={close} />
}
