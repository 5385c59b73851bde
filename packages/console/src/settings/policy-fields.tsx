import { Radio, Stack, Textarea, TextInput } from '@mantine/core'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { type PolicyDraft, unknownNames } from './policy-draft.ts'

const text = catalogue(messages)

type PolicyFieldsProps = {
  readonly draft: PolicyDraft
  readonly onChange: (draft: PolicyDraft) => void
  readonly faults: Readonly<Record<string, string | undefined>>
  /** The permissions of the organization's APIs; undefined while loading. */
  readonly known: readonly string[] | undefined
}

/** Inputs for lifetimes and allowed permissions of credentials. */
export function PolicyFields({ draft, onChange, faults, known }: PolicyFieldsProps) {
  const put = (change: Partial<PolicyDraft>): void => onChange({ ...draft, ...change })
  const unknown = known === undefined ? '' : unknownNames(draft, known)
  return (
    <Stack gap="md">
      <TextInput
        label={text('default')}
        description={text('defaultHint')}
        inputMode="numeric"
        maw={240}
        value={draft.defaultDays}
        onChange={(event) => put({ defaultDays: event.currentTarget.value })}
        error={faults['defaultLifetimeDays']}
      />
      <TextInput
        label={text('max')}
        description={text('maxHint')}
        inputMode="numeric"
        maw={240}
        value={draft.maxDays}
        onChange={(event) => put({ maxDays: event.currentTarget.value })}
        error={faults['maxLifetimeDays']}
      />
      <Radio.Group
        label={text('ceiling')}
        value={draft.isLimited ? 'on' : 'off'}
        onChange={(value) => put({ isLimited: value === 'on' })}
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
            unknown === '' ? text('ceilingHint') : text('ceilingUnknown', { names: unknown })
          }
          value={draft.ceiling}
          onChange={(event) => put({ ceiling: event.currentTarget.value })}
          error={faults['permissionCeiling']}
          rows={8}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
      )}
    </Stack>
  )
}
