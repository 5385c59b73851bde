import { SdkError } from '@keyporter/sdk'
import { Alert, Anchor, Button, Group, Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { useCan } from '../../api/session.ts'
import { DataArea, EmptyState, NoMatches } from '../../components/data-area.tsx'
import { NoPermission } from '../../components/no-permission.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Problem } from '../../components/problem.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import { Alerts } from './alerts.tsx'
import { CredentialTable } from './credential-table.tsx'
import {
  type CredentialPage,
  countOfView,
  countsOf,
  useApis,
  useCredentialPage,
} from './credentials-query.ts'
import { ExportButton } from './export-button.tsx'
import { ListDialogs, useListDialogs } from './list-dialogs.tsx'
import { type ListState, useListState } from './list-search.ts'
import messages from './messages.json'
import { useSelection } from './selection.ts'
import { useShownColumns } from './shown-columns.ts'
import { Toolbar } from './toolbar.tsx'

const text = catalogue(messages)
const noRows: readonly Credential[] = []

/** The credential list with search, filters, sorting and bulk actions. */
export function CredentialList() {
  const mayWrite = useCan('CREDENTIAL_WRITE')
  const state = useListState()
  const query = useCredentialPage(state)
  const apis = useApis()
  const [shown, chooseColumns] = useShownColumns()
  const [exportFault, setExportFault] = useState<unknown>()
  const rows = query.data?.data ?? noRows
  const selection = useSelection(useListName(state), rows)
  const dialogs = useListDialogs()
  useInvalidCursor(state, query.error)
  const isEmpty = query.data !== undefined && hasNoCredentials(state, query.data)
  return (
    <>
      <PageHeader
        title={text('title')}
        lead={text('lead')}
        actions={
          <>
            {!isEmpty && <ExportButton filters={state.filters} onFault={setExportFault} />}
            {mayWrite && <NewButton />}
          </>
        }
      />
      <Stack gap="md">
        {exportFault !== undefined && <Problem error={exportFault} title={text('exportFailed')} />}
        {dialogs.revoked !== undefined && (
          <RevokedNotice name={dialogs.revoked.name} onClose={dialogs.clearRevoked} />
        )}
        <Alerts state={state} />
        {!isEmpty && (
          <Toolbar
            state={state}
            counts={query.data && countsOf(query.data)}
            apis={apis}
            rows={rows}
            columns={shown}
            onColumns={chooseColumns}
          />
        )}
        <DataArea
          query={query}
          failure={text('failure')}
          skeleton={{ rows: 8, height: 64 }}
          isEmpty={({ data }) => data.length === 0}
          empty={query.data && <EmptyList state={state} page={query.data} />}
        >
          {(page) => (
            <CredentialTable
              state={state}
              query={query}
              page={page}
              apis={apis}
              shown={shown}
              selection={selection}
              onRevoke={dialogs.askRevoke}
              onRevokeSelected={dialogs.askRevokeSelected}
            />
          )}
        </DataArea>
        {!mayWrite && !isEmpty && (
          <NoPermission privilege="credentials.manage" title={text('viewer')} />
        )}
      </Stack>
      <ListDialogs dialogs={dialogs} rows={rows} selection={selection} />
    </>
  )
}

function NewButton() {
  return (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      renderRoot={(props) => <Link {...props} to="/credentials/new" />}
    >
      {text('new')}
    </Button>
  )
}

/** Returns a key of the current page: a selection belongs to one page of one list. */
function useListName({ filters, sort, limit, search }: ListState): string {
  const { scope } = useActing()
  return JSON.stringify([scope, filters, sort, limit, search.cursor])
}

/** Returns to the first page if the cursor is no longer valid. */
function useInvalidCursor({ turn }: ListState, error: unknown): void {
  const isLost = error instanceof SdkError && error.code === 'invalid_cursor'
  useEffect(() => {
    if (isLost) turn(undefined, 1)
    // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` is a new function on every render
  }, [isLost])
}

function hasNoCredentials(state: ListState, page: CredentialPage): boolean {
  return !state.isNarrowed && countOfView('all', countsOf(page)) === 0
}

/** The empty state: no credentials yet, all revoked, or none that match. */
function EmptyList({ state, page }: { readonly state: ListState; readonly page: CredentialPage }) {
  const { environment } = useActing()
  const mayWrite = useCan('CREDENTIAL_WRITE')
  if (hasNoCredentials(state, page)) {
    return (
      <Stack gap="md">
        <EmptyState actions={mayWrite && <NewButton />}>
          {text(environment === 'test' ? 'emptyTest' : 'empty')}
        </EmptyState>
        {!mayWrite && <NoPermission privilege="credentials.manage" title={text('viewer')} />}
      </Stack>
    )
  }
  if (state.view === 'current' && !state.isNarrowed) {
    return (
      <EmptyState
        actions={
          <Group justify="center">
            <Button variant="default" onClick={() => state.change({ status: 'revoked' })}>
              {text('showRevoked')}
            </Button>
            {mayWrite && <NewButton />}
          </Group>
        }
      >
        {text('noneCurrent')}
      </EmptyState>
    )
  }
  return <NoMatches onClear={state.clear}>{text('noneMatch')}</NoMatches>
}

function RevokedNotice({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  return (
    <Alert
      color="green"
      withCloseButton
      closeButtonLabel={text('revokedHide')}
      onClose={onClose}
      style={{ overflowWrap: 'anywhere' }}
    >
      {text('revoked', { name })}{' '}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => <Link {...props} to="." search={{ status: 'revoked' }} />}
      >
        {text('revokedShow')}
      </Anchor>
    </Alert>
  )
}
