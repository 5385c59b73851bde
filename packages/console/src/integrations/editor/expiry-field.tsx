import { TextInput } from '@mantine/core'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type ExpiryFieldProps = {
  /** A date, as its field holds it; empty for none. */
  readonly value: string
  readonly onChange: (date: string) => void
}

/** When the other side's secret ends, for who knows. */
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
