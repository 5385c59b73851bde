import { clientFor } from '../api/clients.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { PasswordForm } from './password-form.tsx'

const text = catalogue(messages)

/** A TOTP secret as text and as an `otpauth:` URL. Null if the response was lost and replayed. */
export type TotpSecret = { readonly secret: string | null; readonly url: string | null }

type StartTwoFactorProps = {
  readonly onStarted: (secret: TotpSecret) => void
  readonly onClose: () => void
}

/** Step 1 of the setup: confirms the password. */
export function StartTwoFactor({ onStarted, onClose }: StartTwoFactorProps) {
  return (
    <PasswordForm
      lead={text('confirmPassword')}
      label={text('continue')}
      run={async (currentPassword) =>
        onStarted(await clientFor().sessions.startTotp({ currentPassword }))
      }
      onClose={onClose}
    />
  )
}
