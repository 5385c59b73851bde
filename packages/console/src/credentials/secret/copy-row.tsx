import { Group, Text } from '@mantine/core'
import { type ReactNode, type RefObject, useRef } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import classes from './secret.module.css'

type CopyRowProps = {
  /** The label, for example "Client ID". */
  readonly name: string
  /** The copied value. */
  readonly value: string
  /** The displayed text, if it differs from the value. */
  readonly shown?: string
  /** Rendered before the copy button. */
  readonly actions?: ReactNode
  /** Rendered below the value. */
  readonly note?: ReactNode
  /** Focuses the copy button when the surrounding dialog opens. */
  readonly isFirst?: boolean
  /** The element that shows the value, if the caller needs to select its text. */
  readonly source?: RefObject<HTMLElement | null>
  readonly onCopied?: () => void
  readonly onFailed?: () => void
}

/** An entry of a description list with a copy button. */
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
