import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconFileImport, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { DataArea, EmptyState, NoMatches } from '../components/data-area.tsx'
import { type Column, CursorPages, DataTable } from '../components/data-table.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { SearchBox } from '../components/search-box.tsx'
import { number } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { privilegeName } from '../privileges/names.ts'
import { type ApiSummary, useApi, useMayEditApis } from './api.ts'
import messages from './messages.json'

const text = catalogue(messages)

type ListSearch = { readonly q?: string; readonly cursor?: string }

/** The page that lists the APIs. */
export function ApiListPage() {
  const { client, scope } = useActing()
  const { q, cursor }: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const mayEdit = useMayEditApis()
  const apis = useQuery({
    queryKey: [...scope, 'apis', 'list', { q, cursor }],
    queryFn: () => client.apis.list({ q, cursor, limit: 25 }),
  })
  const search = (next: ListSearch, replace = false): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, ...next }),
      replace,
    })
  return (
    <>
      <PageHeader title={text('title')} lead={text('lead')} actions={mayEdit && <Actions />} />
      <Stack>
        {!mayEdit && (
          <Text size="sm">{text('readOnly', { privilege: privilegeName('apis.manage') })}</Text>
        )}
        <SearchBox
          label={text('searchApis')}
          value={q ?? ''}
          onSearch={(value) => search({ q: value || undefined, cursor: undefined }, true)}
        />
        <DataArea query={apis} failure={text('listFailed')}>
          {({ data, nextCursor }) => {
            if (data.length === 0 && q !== undefined) {
              return (
                <NoMatches onClear={() => search({ q: undefined, cursor: undefined })}>
                  {text('noneMatch')}
                </NoMatches>
              )
            }
            const hasOwn = data.some((api) => !api.builtIn)
            return (
              <>
                {!hasOwn && q === undefined && cursor === undefined && (
                  <EmptyState actions={mayEdit && <ImportButton />}>{text('empty')}</EmptyState>
                )}
                <DataTable
                  label={text('title')}
                  columns={columns}
                  rows={data}
                  rowKey={({ id }) => id}
                  isBusy={apis.isFetching}
                />
                <CursorPages
                  nextCursor={nextCursor}
                  cursor={cursor}
                  onNext={(next) => search({ cursor: next })}
                  onPrevious={() => window.history.back()}
                />
              </>
            )
          }}
        </DataArea>
      </Stack>
    </>
  )
}

function Actions() {
  return (
    <Group gap="sm">
      <Button
        variant="default"
        leftSection={<IconPlus size={16} aria-hidden />}
        renderRoot={(props) => <Link {...props} to="/apis/new" />}
      >
        {text('newApi')}
      </Button>
      <ImportButton />
    </Group>
  )
}

function ImportButton() {
  return (
    <Button
      leftSection={<IconFileImport size={16} aria-hidden />}
      renderRoot={(props) => <Link {...props} to="/apis/import" />}
    >
      {text('import')}
    </Button>
  )
}

const columns: readonly Column<ApiSummary>[] = [
  { key: 'name', title: text('name'), render: (api) => <Name api={api} /> },
  {
    key: 'resources',
    title: text('resources'),
    align: 'right',
    render: ({ permissions }) => number(permissions.length),
  },
  {
    key: 'permissions',
    title: text('permissions'),
    align: 'right',
    render: ({ scopes }) => number(scopes.length),
  },
  {
    key: 'operations',
    title: text('operations'),
    align: 'right',
    render: ({ id }) => <OperationCount id={id} />,
  },
]

function Name({ api }: { readonly api: ApiSummary }) {
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Anchor
          fw={600}
          style={{ overflowWrap: 'anywhere' }}
          renderRoot={(props) => <Link {...props} to="/apis/$id" params={{ id: api.id }} />}
        >
          {api.name}
        </Anchor>
        {api.builtIn && <BuiltInBadge />}
      </Group>
      <Text size="xs" c="dimmed" className="mono">
        {api.identifier}
      </Text>
    </Stack>
  )
}

/** Marks the API that protects Keyporter itself. */
export function BuiltInBadge() {
  return (
    <Badge color="gray" title={text('builtInHint')}>
      {text('builtIn')}
    </Badge>
  )
}

/** Loads the API for its operation count, because lists omit operations. */
function OperationCount({ id }: { readonly id: string }) {
  const api = useApi(id)
  return <span>{api.data === undefined ? '…' : number(api.data.operations.length)}</span>
}
