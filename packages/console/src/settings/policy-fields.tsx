import { Radio, Stack, Textarea, TextInput } from '@mantine/core'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { type PolicyDraft, unknownNames } from './policy-draft.ts'

const text = catalogue(messages)

type PolicyFieldsProps = {
  readonly draft: PolicyDraft
  readonly onChange: (draft: PolicyDraft) => void
  readonly errors: Readonly<Record<string, string | undefined>>
  /** The permissions of the organization's APIs; undefined while loading. */
  readonly knownPermissions: readonly string[] | undefined
}

/** Inputs for lifetimes and allowed permissions of credentials. */
export function PolicyFields({ draft, onChange, errors, knownPermissions }: PolicyFieldsProps) {
  const update = (change: Partial<PolicyDraft>): void => onChange({ ...draft, ...change })
  const unknownPermissions =
    knownPermissions === undefined ? '' : unknownNames(draft, knownPermissions)
  return (
    <Stack gap="md">
      <TextInput
        label={text('default')}
        description={text('defaultHint')}
        inputMode="numeric"
        maw={240}
        value={draft.defaultDays}
        onChange={(event) => update({ defaultDays: event.currentTarget.value })}
        error={errors['defaultLifetimeDays']}
      />
      <TextInput
        label={text('max')}
        description={text('maxHint')}
        inputMode="numeric"
        maw={240}
        value={draft.maxDays}
        onChange={(event) => update({ maxDays: event.currentTarget.value })}
        error={errors['maxLifetimeDays']}
      />
      <Radio.Group
        label={text('ceiling')}
        value={draft.isLimited ? 'on' : 'off'}
        onChange={(value) => update({ isLimited: value === 'on' })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="off" label={text('ceilingOff')} />
          <Radio value="on" label={text('ceilingOn')} />
        </Stack>
      </Radio.Group>
      {draft.isLimited && (
        <Textarea
          label={text('ceilingNames')}
          description={
            unknownPermissions === ''
              ? text('ceilingHint')
              : text('ceilingUnknown', { names: unknownPermissions })
          }
          value={draft.ceiling}
          onChange={(event) => update({ ceiling: event.currentTarget.value })}
          error={errors['permissionCeiling']}
          rows={8}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
      )}
    </Stack>
  )
}
