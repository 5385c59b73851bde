import { Button, Group } from '@mantine/core'
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react'
import { useCurrentSession } from '../api/session.ts'
import { useDialogUrl } from '../components/dialog-url.ts'
import { Panel } from '../components/panel.tsx'
import { StatusMark } from '../components/status-mark.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { SetUpTwoFactorDialog } from './set-up-two-factor-dialog.tsx'
import { TurnOffTwoFactorDialog } from './turn-off-two-factor-dialog.tsx'

const text = catalogue(messages)

/** Shows whether two-factor authentication is on, and turns it on or off. */
export function TwoFactorPanel() {
  const { member } = useCurrentSession()
  const { dialog, open, close } = useDialogUrl()
  const isOn = member?.totpEnabled === true
  return (
    <Panel title={text('twoFactor')} lead={text('twoFactorLead')}>
      <Group>
        <StatusMark color={isOn ? 'green' : 'gray'} icon={isOn ? IconShieldCheck : IconShieldOff}>
          {text(isOn ? 'twoFactorOn' : 'twoFactorOff')}
        </StatusMark>
        <Button
          variant="default"
          onClick={() => open(isOn ? 'turn-off-two-factor' : 'set-up-two-factor')}
        >
          {text(isOn ? 'turnOffTwoFactor' : 'setUpTwoFactor')}
        </Button>
      </Group>
      <SetUpTwoFactorDialog opened={dialog === 'set-up-two-factor'} onClose={close} />
      <TurnOffTwoFactorDialog opened={dialog === 'turn-off-two-factor'} onClose={close} />
    </Panel>
  )
}
