import { useState } from 'react'
import { Dialog } from '../components/dialog.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { ConfirmTwoFactor } from './confirm-two-factor.tsx'
import messages from './messages.json'
import { RecoveryCodes } from './recovery-codes.tsx'
import { StartTwoFactor, type TotpSecret } from './start-two-factor.tsx'

const text = catalogue(messages)

type SetUpTwoFactorDialogProps = { readonly opened: boolean; readonly onClose: () => void }

/** Password, secret, first code, recovery codes: one after the other, each shown once. */
export function SetUpTwoFactorDialog({ opened, onClose }: SetUpTwoFactorDialogProps) {
  const [isUnsaved, setUnsaved] = useState(false)
  const [isWarned, setWarned] = useState(false)
  /** Once it is asked whether they are saved; the second time it is meant. */
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
      {/* Unmounted on close: what it shows lives no longer than it is seen. */}
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
