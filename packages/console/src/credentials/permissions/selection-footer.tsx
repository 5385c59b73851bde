import { Button, Group, Text } from '@mantine/core'
import { IconEraser } from '@tabler/icons-react'
import { useRef } from 'react'
import { announce } from '../../components/announcer.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'
import classes from './permissions.module.css'

const text = catalogue(messages)

type SelectionFooterProps = {
  /** Every permission of the API, in order. */
  readonly scopes: readonly string[]
  readonly selected: ReadonlySet<string>
  readonly onClear: (() => void) | undefined
}

/** The number of selected permissions, with buttons to copy them as a scope string and to clear them. */
export function SelectionFooter({ scopes, selected, onClear }: SelectionFooterProps) {
  const source = useRef<HTMLSpanElement>(null)
  const held = scopes.filter((scope) => selected.has(scope))
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" fw={600}>
        {text('count', { count: held.length, total: scopes.length })}
      </Text>
      <Group gap="xs">
        {/* Selected and copied if the Clipboard API is not available. */}
        <span ref={source} className={classes.source} aria-hidden>
          {held.join(' ')}
        </span>
        {held.length > 0 && (
          <CopyButton
            value={held.join(' ')}
            what={text('scope')}
            source={source}
            label={text('copyScope')}
          />
        )}
        {onClear !== undefined && held.length > 0 && (
          <Button
            variant="default"
            leftSection={<IconEraser size={16} aria-hidden />}
            onClick={() => {
              onClear()
              announce(text('cleared'))
            }}
          >
            {text('clear')}
          </Button>
        )}
      </Group>
    </Group>
  )
}
