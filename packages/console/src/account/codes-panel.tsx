import { Button, Group } from '@mantine/core'
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react'
import { useWhoAmI } from '../api/session.ts'
import { useDialogAddress } from '../components/dialog-address.ts'
import { Panel } from '../components/panel.tsx'
import { StatusMark } from '../components/status-mark.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { RemoveCodesDialog } from './remove-codes-dialog.tsx'
import { SetUpCodesDialog } from './set-up-codes-dialog.tsx'

const text = catalogue(messages)

/** Whether one-time codes are on, and the way to the other. */
export function CodesPanel() {
  const { member } = useWhoAmI()
  const { dialog, open, close } = useDialogAddress()
  const isOn = member?.totpEnabled === true
  return (
    <Panel title={text('codes')} lead={text('codesLead')}>
      <Group>
        <StatusMark color={isOn ? 'green' : 'gray'} icon={isOn ? IconShieldCheck : IconShieldOff}>
          {text(isOn ? 'codesOn' : 'codesOff')}
        </StatusMark>
        <Button variant="default" onClick={() => open(isOn ? 'remove-codes' : 'set-up-codes')}>
          {text(isOn ? 'removeCodes' : 'setUpCodes')}
        </Button>
      </Group>
      <SetUpCodesDialog opened={dialog === 'set-up-codes'} onClose={close} />
      <RemoveCodesDialog opened={dialog === 'remove-codes'} onClose={close} />
    </Panel>
  )
}
