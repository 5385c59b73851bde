import { Button } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useCan } from '../api/session.ts'
import { useDialogUrl } from '../components/dialog-url.ts'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { InviteDialog } from './invite-dialog.tsx'
import { MemberList } from './member-list.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** The members of an organization. */
export function MemberListPage() {
  const mayRead = useCan('MEMBER_READ')
  const mayInvite = useCan('MEMBER_WRITE')
  const { dialog, open, close } = useDialogUrl()
  const inviteButton = mayInvite && (
    <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => open('invite')}>
      {text('invite')}
    </Button>
  )
  return (
    <>
      <PageHeader title={text('title')} lead={text('lead')} actions={inviteButton} />
      {mayRead ? <MemberList empty={inviteButton} /> : <NoPermission privilege="members.manage" />}
      <InviteDialog opened={mayInvite && dialog === 'invite'} onClose={close} />
    </>
  )
}
