import { Anchor, Badge, Group, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useCurrentSession } from '../api/session.ts'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { CreatedCredentials } from './created-credentials.tsx'
import type { Member } from './member.ts'
import { MemberStatus } from './member-status.tsx'
import classes from './members.module.css'
import messages from './messages.json'
import { PrivilegePanel } from './privilege-panel.tsx'
import { SignInPanel } from './sign-in-panel.tsx'

const text = catalogue(messages)

export type MemberDetailsProps = {
  readonly member: Member
  /** Reloads the member after an edit conflict. */
  readonly onReload: () => void
}

/** The loaded page of one member. */
export function MemberDetails({ member, onReload }: MemberDetailsProps) {
  const isOwn = useCurrentSession().actor.id === member.id
  return (
    <>
      <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/members" />}>
        {text('backToList')}
      </Anchor>
      <PageHeader
        title={member.name}
        lead={member.email}
        aside={
          <Group gap="xs">
            <MemberStatus status={member.status} />
            {isOwn && <Badge color="gray">{text('you')}</Badge>}
          </Group>
        }
      />
      <div className={classes.columns}>
        <PrivilegePanel member={member} onReload={onReload} />
        <Stack gap="lg">
          <SignInPanel member={member} onReload={onReload} />
          <CreatedCredentials memberId={member.id} />
        </Stack>
      </div>
    </>
  )
}
