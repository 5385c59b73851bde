import { ActionIcon, Alert } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { catalogue } from '../../messages/catalogue.ts'
import { CopyRow } from './copy-row.tsx'
import messages from './messages.json'

const text = catalogue(messages)

type SecretRowProps = {
  readonly clientSecret: string
  /** The first characters, which are not secret. */
  readonly hint: string
  readonly isRevealed: boolean
  readonly onReveal: (isRevealed: boolean) => void
  readonly onCopied: () => void
}

/** The client secret: masked until revealed. If copying fails, it is revealed and selected. */
export function SecretRow(props: SecretRowProps) {
  const { clientSecret, hint, isRevealed, onReveal, onCopied } = props
  const source = useRef<HTMLElement>(null)
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    // Revealing rerendered the text and cleared the selection.
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
