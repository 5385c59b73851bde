import { Anchor, Button, Group, Input, PasswordInput, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Instant } from '../../components/instant.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Connection } from '../integration.ts'
import classes from './editor.module.css'
import messages from './messages.json'

const text = catalogue(messages)

type SecretFieldProps = {
  readonly label: string
  readonly help?: ReactNode
  readonly value: string
  readonly onChange: (value: string) => void
  /** The connection that stores the secret; undefined while a new one is entered. */
  readonly saved: Connection | undefined
  readonly onReplace: () => void
  /** Cancels the replacement; undefined if nothing is stored. */
  readonly onKeep: (() => void) | undefined
  readonly error: string | undefined
  readonly max?: number
  readonly isOptional?: boolean
}

/** A write-only secret. A stored one can be replaced, but is never shown, not even in part. */
export function SecretField(props: SecretFieldProps) {
  const { label, help, saved, onReplace, onKeep, value, onChange, error, max } = props
  if (saved !== undefined) return <Saved label={label} saved={saved} onReplace={onReplace} />
  return (
    <div>
      <PasswordInput
        label={label}
        description={help}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        // `PasswordInput` does not set it.
        aria-invalid={error !== undefined || undefined}
        maxLength={max}
        autoFocus={onKeep !== undefined}
        {...notForPasswordManagers}
      />
      {onKeep !== undefined && (
        <Anchor component="button" type="button" size="sm" mt={4} onClick={onKeep}>
          {text('keepSaved')}
        </Anchor>
      )}
    </div>
  )
}

/** Props that keep password managers from filling in or saving a field. */
export const notForPasswordManagers = {
  autoComplete: 'new-password',
  spellCheck: false,
  'data-1p-ignore': true,
  'data-lpignore': 'true',
  'data-bwignore': true,
} as const

type SavedProps = Pick<SecretFieldProps, 'label' | 'onReplace'> & { readonly saved: Connection }

function Saved({ label, saved, onReplace }: SavedProps) {
  return (
    <div role="group" aria-label={label} className={classes.wide}>
      <Input.Label component="div">{label}</Input.Label>
      <Group gap="sm">
        <Text size="sm" c="dimmed">
          {text.rich('saved', {
            when: <Instant key="when" at={saved.updatedAt} />,
            name: saved.updatedBy.name,
          })}
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={text('replaceWhat', { what: label })}
          onClick={onReplace}
        >
          {text('replace')}
        </Button>
      </Group>
    </div>
  )
}
