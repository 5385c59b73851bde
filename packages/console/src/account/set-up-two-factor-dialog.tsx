import { useState } from 'react'
import { Dialog } from '../components/dialog.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { ConfirmTwoFactor } from './confirm-two-factor.tsx'
import messages from './messages.json'
import { RecoveryCodes } from './recovery-codes.tsx'
import { StartTwoFactor, type TotpSecret } from './start-two-factor.tsx'

const text = catalogue(messages)

type SetUpTwoFactorDialogProps = { readonly opened: boolean; readonly onClose: () => void }

/** Steps of two-factor setup: password, TOTP secret and first code, recovery codes. */
export function SetUpTwoFactorDialog({ opened, onClose }: SetUpTwoFactorDialogProps) {
  const [isUnsaved, setUnsaved] = useState(false)
  const [isWarned, setWarned] = useState(false)
  /** Warns on the first attempt to close with unsaved codes; closes on the second. */
  const leave = (): void => {
    if (isUnsaved && !isWarned) return setWarned(true)
    setUnsaved(false)
    setWarned(false)
    onClose()
  }
  return (
    <Dialog
      opened={opened}
      onClose={leave}
      title={text(isUnsaved ? 'recoveryTitle' : 'setUpTwoFactor')}
      closeOnClickOutside={false}
    >
      {/* Unmounted on close, so that secrets do not stay in memory. */}
      <Steps isWarned={isWarned && isUnsaved} onUnsaved={setUnsaved} onClose={leave} />
    </Dialog>
  )
}

type StepsProps = {
  readonly isWarned: boolean
  readonly onUnsaved: (isUnsaved: boolean) => void
  readonly onClose: () => void
}

function Steps({ isWarned, onUnsaved, onClose }: StepsProps) {
  const [secret, setSecret] = useState<TotpSecret>()
  const [codes, setCodes] = useState<readonly string[]>()
  if (codes !== undefined) {
    return (
      <RecoveryCodes
        codes={codes}
        isWarned={isWarned}
        onSaved={() => onUnsaved(false)}
        onClose={onClose}
      />
    )
  }
  if (secret !== undefined) {
    return (
      <ConfirmTwoFactor
        secret={secret}
        onConfirmed={(given) => {
          setCodes(given)
          onUnsaved(given.length > 0)
        }}
        onClose={onClose}
      />
    )
  }
  return <StartTwoFactor onStarted={setSecret} onClose={onClose} />
}
