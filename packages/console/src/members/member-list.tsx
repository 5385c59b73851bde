import { Anchor, Badge, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useActing } from '../api/acting.ts'
import { useCurrentSession } from '../api/session.ts'
import { EmptyState } from '../components/data-area.tsx'
import type { Column } from '../components/data-table.tsx'
import { Instant } from '../components/instant.tsx'
import { SearchedList } from '../components/searched-list.tsx'
import { list } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { displayedPrivileges } from '../privileges/groups.ts'
import { privilegeName } from '../privileges/names.ts'
import { describePrivileges, type Member } from './member.ts'
import { MemberStatus } from './member-status.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** The table of members. Search and page are in the URL. */
export function MemberList({ empty }: { readonly empty: ReactNode }) {
  const { client, scope } = useActing()
  const ownId = useCurrentSession().actor.id
  return (
    <SearchedList
      queryKey={[...scope, 'members', 'list']}
      load={(address) => client.members.list(address)}
      columns={columnsFor(ownId)}
      searchLabel={text('search')}
      tableLabel={text('table')}
      failure={text('listFailed')}
      noMatches={text('noMatches')}
      empty={<EmptyState actions={empty}>{text('empty')}</EmptyState>}
    />
  )
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
        <span title={list(displayedPrivileges(privileges).map(privilegeName))}>
          {describePrivileges(privileges)}
        </span>
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
