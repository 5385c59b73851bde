import { ActionIcon, Alert } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { catalogue } from '../../messages/catalogue.ts'
import { CopyRow } from './copy-row.tsx'
import messages from './messages.json'

const text = catalogue(messages)

type SecretRowProps = {
  readonly clientSecret: string
  /** What may be shown of it for good. */
  readonly hint: string
  readonly isRevealed: boolean
  readonly onReveal: (isRevealed: boolean) => void
  readonly onCopied: () => void
}

/** The secret: masked, revealed on demand, and selected where the browser cannot copy it. */
export function SecretRow(props: SecretRowProps) {
  const { clientSecret, hint, isRevealed, onReveal, onCopied } = props
  const source = useRef<HTMLElement>(null)
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    // Revealing drew the text anew, and the selection went with it.
    if (hasFailed && isRevealed && source.current !== null) {
      window.getSelection()?.selectAllChildren(source.current)
    }
  }, [hasFailed, isRevealed])
  return (
    <CopyRow
      name={text('clientSecret')}
      value={clientSecret}
      shown={isRevealed ? clientSecret : hint.replace('…', DOTS)}
      source={source}
      isFirst
      onCopied={() => {
        setFailed(false)
        onCopied()
      }}
      onFailed={() => {
        setFailed(true)
        onReveal(true)
      }}
      note={
        hasFailed && (
          <Alert color="orange" role="alert" p="xs" mb="xs">
            {text('copyFailed')}
          </Alert>
        )
      }
      actions={
        <ActionIcon
          variant="subtle"
          size="md"
          aria-label={isRevealed ? text('hide') : text('reveal')}
          onClick={() => onReveal(!isRevealed)}
        >
          {isRevealed ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
        </ActionIcon>
      }
    />
  )
}

const DOTS = '•'.repeat(12)
