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
  /** What it is, such as "Client ID": names the button, and is said when it is copied. */
  readonly what: string
  /** The element in which the text stands, for browsers that only copy what is selected. */
  readonly source: RefObject<HTMLElement | null>
  readonly onCopied?: () => void
  /** Called when it could not be copied: the source is selected then. */
  readonly onFailed?: () => void
  /** A button with words in the place of the icon. */
  readonly label?: string
  /** Takes the focus when the dialog around it opens. */
  readonly isFirst?: boolean
}

/** Copies a text, and says whether that worked. */
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
