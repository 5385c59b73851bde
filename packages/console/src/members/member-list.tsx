import type { Keyporter } from '@keyporter/sdk'
import { Anchor, Badge, Group, Stack, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useActing } from '../api/acting.ts'
import { useWhoAmI } from '../api/session.ts'
import { announce } from '../components/announcer.tsx'
import { DataArea, EmptyState, NoneMatch } from '../components/data-area.tsx'
import { type Column, CursorPages, DataTable } from '../components/data-table.tsx'
import { Instant } from '../components/instant.tsx'
import { SearchBox } from '../components/search-box.tsx'
import { list } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { privilegeName } from '../privileges/names.ts'
import { describePrivileges, type Member } from './member.ts'
import { MemberStatus } from './member-status.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** The members, by search and page; both stand in the address. */
export function MemberList({ empty }: { readonly empty: ReactNode }) {
  const { client, scope } = useActing()
  const { q = '', cursor }: { readonly q?: string; readonly cursor?: string } = useSearch({
    strict: false,
  })
  const navigate = useNavigate()
  const { history } = useRouter()
  const ownId = useWhoAmI().actor.id
  const members = useQuery({
    queryKey: [...scope, 'members', 'list', { q, cursor }],
    queryFn: () => client.members.list({ ...(q === '' ? {} : { q }), cursor }),
    placeholderData: keepPreviousData,
  })
  useFoundAnnounced(q, members.isPlaceholderData ? undefined : members.data)
  const put = (next: { readonly q?: string; readonly cursor?: string }, replace = false): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, cursor: undefined, ...next }),
      replace,
    })
  const search = (typed: string): void => put({ q: typed === '' ? undefined : typed }, true)
  return (
    <Stack gap="md">
      <SearchBox label={text('search')} value={q} onSearch={search} />
      <DataArea
        query={members}
        failure={text('listFailed')}
        isEmpty={({ data }) => data.length === 0}
        empty={
          q === '' ? (
            <EmptyState actions={empty}>{text('empty')}</EmptyState>
          ) : (
            <NoneMatch onClear={() => search('')}>{text('noneMatch')}</NoneMatch>
          )
        }
      >
        {({ data, nextCursor }) => (
          <div>
            <DataTable
              label={text('table')}
              columns={columnsFor(ownId)}
              rows={data}
              rowKey={({ id }) => id}
              isBusy={members.isPlaceholderData}
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
    </Stack>
  )
}

type Found = Awaited<ReturnType<Keyporter['members']['list']>>

/** Says how many were found, to who cannot see it. */
function useFoundAnnounced(q: string, found: Found | undefined): void {
  useEffect(() => {
    if (q === '' || found === undefined) return
    const count = found.data.length
    announce(text(found.nextCursor === null ? 'found' : 'foundMore', { count }))
  }, [q, found])
}

function columnsFor(ownId: string | null): readonly Column<Member>[] {
  return [
    {
      key: 'name',
      title: text('name'),
      render: ({ id, name }) => (
        <Group gap="xs">
          <Anchor
            fw={600}
            style={{ overflowWrap: 'anywhere' }}
            renderRoot={(props) => <Link {...props} to="/members/$id" params={{ id }} />}
          >
            {name}
          </Anchor>
          {id === ownId && <Badge color="gray">{text('you')}</Badge>}
        </Group>
      ),
    },
    {
      key: 'email',
      title: text('email'),
      render: ({ email }) => (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {email}
        </Text>
      ),
    },
    {
      key: 'privileges',
      title: text('privileges'),
      render: ({ privileges }) => (
        <span title={list(privileges.map(privilegeName))}>{describePrivileges(privileges)}</span>
      ),
    },
    {
      key: 'status',
      title: text('status'),
      render: ({ status }) => <MemberStatus status={status} />,
    },
    {
      key: 'lastSignedIn',
      title: text('lastSignedIn'),
      render: ({ lastSignedInAt }) => <Instant at={lastSignedInAt} />,
    },
  ]
}
