import { Group, Text } from '@mantine/core'
import { type ReactNode, type RefObject, useRef } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import classes from './secret.module.css'

type CopyRowProps = {
  /** What it is, such as "Client ID". */
  readonly name: string
  /** What is copied. */
  readonly value: string
  /** What stands there, where that is not the value itself. */
  readonly shown?: string
  /** Before the button that copies. */
  readonly actions?: ReactNode
  /** Below the value. */
  readonly note?: ReactNode
  /** Whether its copy button takes the focus when the dialog around it opens. */
  readonly isFirst?: boolean
  /** In the place of one of its own, for who has to select the text. */
  readonly source?: RefObject<HTMLElement | null>
  readonly onCopied?: () => void
  readonly onFailed?: () => void
}

/** A fact with its name, and a button that copies it; within a description list. */
export function CopyRow(props: CopyRowProps) {
  const { name, value, shown, actions, note, isFirst, onCopied, onFailed } = props
  const own = useRef<HTMLElement>(null)
  const source = props.source ?? own
  return (
    <div className={classes.fact}>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <dd className={classes.value}>
        <Group gap={4} wrap="nowrap" justify="space-between">
          <code ref={source}>{shown ?? value}</code>
          <Group gap={4} wrap="nowrap">
            {actions}
            <CopyButton
              value={value}
              what={name}
              source={source}
              isFirst={isFirst}
              onCopied={onCopied}
              onFailed={onFailed}
            />
          </Group>
        </Group>
        {note}
      </dd>
    </div>
  )
}
