import { clientFor } from '../api/clients.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { PasswordForm } from './password-form.tsx'

const text = catalogue(messages)

/** What an authenticator app needs: to be typed, and as an address. Null when the answer was lost. */
export type TotpSecret = { readonly secret: string | null; readonly url: string | null }

type StartTwoFactorProps = {
  readonly onStarted: (secret: TotpSecret) => void
  readonly onClose: () => void
}

/** The first step: one's password. */
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
