import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { DataArea } from '../components/data-area.tsx'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { MemberDetails } from './member-details.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** The page of one member: privileges and sign-in. */
export function MemberDetailPage() {
  const mayRead = useCan('MEMBER_READ')
  const { client, scope } = useActing()
  const { id = '' }: { readonly id?: string } = useParams({ strict: false })
  const member = useQuery({
    queryKey: [...scope, 'members', 'get', id],
    queryFn: () => client.members.get({ id }),
    enabled: mayRead,
  })
  if (mayRead && member.data !== undefined && !member.isError) {
    return <MemberDetails member={member.data} onReload={() => void member.refetch()} />
  }
  return (
    <>
      <PageHeader title={text('title')} />
      {mayRead ? (
        <>
          <DataArea query={member} failure={text('memberFailed')}>
            {() => null}
          </DataArea>
          <Anchor
            mt="md"
            display="inline-block"
            renderRoot={(props) => <Link {...props} to="/members" />}
          >
            {text('backToList')}
          </Anchor>
        </>
      ) : (
        <NoPermission privilege="members.manage" />
      )}
    </>
  )
}
