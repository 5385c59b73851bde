import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { type Reason, reasonChoices } from './revoke-reason.ts'

const text = catalogue(messages)

/** Detail and reason together stay within the limit of the management API. */
const DETAIL_MAX = 200

type ReasonFieldsProps = {
  readonly value: Reason
  readonly onChange: (reason: Reason) => void
  readonly error?: string | undefined
}

/** Inputs for the reason of a revocation. */
export function ReasonFields({ value, onChange, error }: ReasonFieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <NativeSelect
        label={text('revoke.reason')}
        value={value.choice}
        onChange={(event) => {
          const choice = reasonChoices.find((known) => known === event.currentTarget.value)
          onChange({ ...value, choice: choice ?? 'none' })
        }}
        data={reasonChoices.map((choice) => ({
          value: choice,
          label: text(`revoke.reason.${choice}`),
        }))}
      />
      <TextInput
        label={text('revoke.detail')}
        value={value.detail}
        maxLength={DETAIL_MAX}
        onChange={(event) => onChange({ ...value, detail: event.currentTarget.value })}
        error={error}
        autoComplete="off"
      />
    </SimpleGrid>
  )
}
