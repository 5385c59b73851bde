import { clientFor } from '../api/clients.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { PasswordForm } from './password-form.tsx'

const text = catalogue(messages)

/** What an authenticator app needs: to be typed, and as an address. Null when the answer was lost. */
export type NewSecret = { readonly secret: string | null; readonly url: string | null }

type StartCodesProps = {
  readonly onStarted: (secret: NewSecret) => void
  readonly onClose: () => void
}

/** The first step: one's password. */
export function StartCodes({ onStarted, onClose }: StartCodesProps) {
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
