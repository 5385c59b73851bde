import { useQueryClient } from '@tanstack/react-query'
import { clientFor } from '../api/clients.ts'
import { sessionQuery } from '../api/session.ts'
import { Dialog } from '../components/dialog.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { PasswordForm } from './password-form.tsx'

const text = catalogue(messages)

type TurnOffTwoFactorDialogProps = { readonly opened: boolean; readonly onClose: () => void }

/** Turns off the member's own two-factor authentication. */
export function TurnOffTwoFactorDialog({ opened, onClose }: TurnOffTwoFactorDialogProps) {
  const queries = useQueryClient()
  const remove = async (currentPassword: string): Promise<void> => {
    await clientFor().sessions.removeTotp({ currentPassword })
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
  return (
    <Dialog opened={opened} onClose={onClose} title={text('turnOffTwoFactor')}>
      <PasswordForm
        lead={text('turnOffTwoFactorText')}
        label={text('turnOffTwoFactor')}
        color="red"
        run={remove}
        onDone={onClose}
        onClose={onClose}
      />
    </Dialog>
  )
}
