import { ActionIcon, Button } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { type RefObject, useEffect, useState } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { announce } from './announcer.tsx'
import { copyText } from './copy-text.ts'
import messages from './messages.json'

const text = catalogue(messages)
const SHOWN_MS = 2_000

type CopyButtonProps = {
  readonly value: string
  /** Name of the copied value, such as "Client ID". Used in the accessible name and in the announcement. */
  readonly what: string
  /** The element that shows the text, for browsers that can only copy a selection. */
  readonly source: RefObject<HTMLElement | null>
  readonly onCopied?: () => void
  /** Called when copying failed. The source is then selected. */
  readonly onFailed?: () => void
  /** Replaces the icon by a label. */
  readonly label?: string
  /** Receives the initial focus of a dialog. */
  readonly isFirst?: boolean
}

/** Copies a text and reports the result. */
export function CopyButton(props: CopyButtonProps) {
  const { value, what, source, onCopied, onFailed, label, isFirst } = props
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async (): Promise<void> => {
    if (await copyText(value, source.current)) {
      setCopied(true)
      announce(text('copiedNamed', { what }))
      onCopied?.()
      return
    }
    announce(text('copyFailed'))
    onFailed?.()
  }
  const icon = isCopied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
  if (label !== undefined) {
    return (
      <Button variant="default" leftSection={icon} onClick={() => void copy()}>
        {isCopied ? text('copied') : label}
      </Button>
    )
  }
  return (
    <ActionIcon
      variant="subtle"
      size="md"
      aria-label={text('copyNamed', { what })}
      title={text('copy')}
      data-autofocus={isFirst || undefined}
      onClick={() => void copy()}
    >
      {icon}
    </ActionIcon>
  )
}
