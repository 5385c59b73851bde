import { Checkbox, Stack, Text, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import classes from './table-editor.module.css'

const text = catalogue(messages)

const SHOWN_MAX = 60
/** The limit of the management API for one operation. */
const CHOSEN_MAX = 64

type PermissionChoiceProps = {
  readonly scopes: readonly string[]
  readonly chosen: readonly string[]
  readonly onChoose: (chosen: readonly string[]) => void
}

/** Selects the permissions that an operation requires. */
export function PermissionChoice({ scopes, chosen, onChoose }: PermissionChoiceProps) {
  const [typed, setTyped] = useState('')
  // The initially selected permissions come first. The order is fixed, so that rows do not jump.
  const [first] = useState(chosen)
  const label = useId()
  const ordered = [...new Set([...first, ...scopes])]
  const words = typed.toUpperCase().split(/\s+/).filter(Boolean)
  const found = ordered.filter((scope) => words.every((word) => scope.includes(word)))
  const shown = found.slice(0, SHOWN_MAX)
  const toggle = (scope: string): void =>
    onChoose(chosen.includes(scope) ? chosen.filter((one) => one !== scope) : [...chosen, scope])
  return (
    <Stack gap="xs">
      <Text fw={600} size="sm" id={label}>
        {text('requiredPermissions')}
      </Text>
      <Text size="sm" c={chosen.length === 0 ? 'orange' : 'dimmed'} role="status">
        {chosen.length === 0
          ? text('noneSelected')
          : text('selectedCount', { count: chosen.length })}
      </Text>
      <TextInput
        type="search"
        aria-label={text('searchPermissions')}
        placeholder={text('searchPermissions')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <div className={classes.choices} role="group" aria-labelledby={label}>
        <Stack gap={8}>
          {shown.map((scope) => (
            <Checkbox
              key={scope}
              label={<code>{scope}</code>}
              checked={chosen.includes(scope)}
              disabled={chosen.length >= CHOSEN_MAX && !chosen.includes(scope)}
              onChange={() => toggle(scope)}
            />
          ))}
          {shown.length === 0 && <Text size="sm">{text('noPermissionMatches')}</Text>}
          {found.length > shown.length && (
            <Text size="sm" c="dimmed">
              {text('morePermissions', { count: found.length - shown.length })}
            </Text>
          )}
        </Stack>
      </div>
    </Stack>
  )
}
