import { Button, Stack } from '@mantine/core'
import { useCan, useCurrentSession } from '../api/session.ts'
import { DescriptionList } from '../components/description-list.tsx'
import { useDialogUrl } from '../components/dialog-url.ts'
import { Instant } from '../components/instant.tsx'
import { Panel } from '../components/panel.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { LinkDialog } from './link-dialog.tsx'
import type { MemberDetailsProps } from './member-details.tsx'
import { MemberStatus } from './member-status.tsx'
import messages from './messages.json'
import { RenameDialog } from './rename-dialog.tsx'
import { StatusDialog } from './status-dialog.tsx'
import { TurnOffTwoFactorDialog } from './turn-off-two-factor-dialog.tsx'

const text = catalogue(messages)

/** Sign-in status of a member, with actions such as reset link and deactivation. */
export function SignInPanel(props: MemberDetailsProps) {
  const { member } = props
  const { status, totpEnabled } = member
  const mayChange = useCan('MEMBER_WRITE')
  const isOwn = useCurrentSession().actor.id === member.id
  const { dialog, open, close } = useDialogUrl()
  const isActive = status !== 'deactivated'
  const actions = [
    { dialog: 'rename', label: text('rename'), isOffered: true },
    {
      dialog: 'link',
      label: text(status === 'invited' ? 'newInvitation' : 'resetLink'),
      isOffered: isActive && !isOwn,
    },
    { dialog: 'two-factor', label: text('turnOffTwoFactor'), isOffered: totpEnabled && !isOwn },
    { dialog: 'status', label: text(isActive ? 'deactivate' : 'reactivate'), isOffered: true },
  ].filter(({ isOffered }) => isOffered)
  return (
    <Panel title={text('signIn')}>
      <DescriptionList>
        <dt>{text('signInStatus')}</dt>
        <dd>
          <MemberStatus status={status} />
        </dd>
        <dt>{text('lastSignedIn')}</dt>
        <dd>
          <Instant at={member.lastSignedInAt} />
        </dd>
        <dt>{text('twoFactor')}</dt>
        <dd>{text(totpEnabled ? 'twoFactorOn' : 'twoFactorOff')}</dd>
        <dt>{text('added')}</dt>
        <dd>
          <Instant at={member.createdAt} />
        </dd>
      </DescriptionList>
      {mayChange && (
        <Stack gap="xs">
          {actions.map(({ dialog: name, label }) => (
            <Button
              key={name}
              variant="default"
              fullWidth
              color={name === 'status' && isActive ? 'red' : undefined}
              onClick={() => open(name)}
            >
              {label}
            </Button>
          ))}
        </Stack>
      )}
      <RenameDialog {...props} opened={dialog === 'rename'} onClose={close} />
      <LinkDialog member={member} opened={dialog === 'link' && isActive} onClose={close} />
      <TurnOffTwoFactorDialog {...props} opened={dialog === 'two-factor'} onClose={close} />
      <StatusDialog {...props} opened={dialog === 'status'} onClose={close} />
    </Panel>
  )
}
