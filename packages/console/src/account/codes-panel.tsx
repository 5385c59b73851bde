import { Button, Group } from '@mantine/core'
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react'
import { useWhoAmI } from '../api/session.ts'
import { useDialogAddress } from '../components/dialog-address.ts'
import { Panel } from '../components/panel.tsx'
import { StatusMark } from '../components/status-mark.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { RemoveCodesDialog } from './remove-codes-dialog.tsx'
import { SetUpCodesDialog } from './set-up-two-factor-dialog.tsx'

const text = catalogue(messages)

/** Whether one-time codes are on, and the way to the other. */
export function CodesPanel() {
  const { member } = useWhoAmI()
  const { dialog, open, close } = useDialogAddress()
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
      <SetUpCodesDialog opened={dialog === 'set-up-two-factor'} onClose={close} />
      <RemoveCodesDialog opened={dialog === 'turn-off-two-factor'} onClose={close} />
    </Panel>
  )
}
