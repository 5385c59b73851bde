import { TextInput } from '@mantine/core'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type ExpiryFieldProps = {
  /** The value of a date field; empty for none. */
  readonly value: string
  readonly onChange: (date: string) => void
}

/** The optional expiry of the upstream's secret. */
export function ExpiryField({ value, onChange }: ExpiryFieldProps) {
  return (
    <TextInput
      type="date"
      label={text('expiresOn')}
      description={text('expiresOnHint')}
      maw="22rem"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
