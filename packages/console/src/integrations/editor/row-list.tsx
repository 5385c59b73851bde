import { ActionIcon, Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useId } from 'react'
import type { Submission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import classes from './editor.module.css'
import messages from './messages.json'
import { isFilled, newRow, type Row } from './rows.ts'
import { notForPasswordManagers } from './secret-field.tsx'

const text = catalogue(messages)

type RowListProps = {
  /** The kind of rows: `headers` can be secret, `entries` always are, `pairs` never. */
  readonly of: 'headers' | 'entries' | 'pairs'
  readonly rows: readonly Row[]
  readonly onChange: (rows: readonly Row[]) => void
  /** The JSON pointer of the rows in the request, for example `auth/entries`. */
  readonly pointer: string
  readonly submission: Submission
}

/** An editable list of name and value rows. */
export function RowList({ of, rows, onChange, pointer, submission }: RowListProps) {
  const list = useId()
  const change = (row: Row, changes: Partial<Row>): void =>
    onChange(rows.map((one) => (one.key === row.key ? { ...one, ...changes } : one)))
  const remove = (row: Row): void => {
    onChange(rows.filter(({ key }) => key !== row.key))
    // The removed row had the focus.
    document.getElementById(list)?.querySelector<HTMLElement>('[data-add]')?.focus()
  }
  return (
    <div id={list} className={classes.rows}>
      {rows.map((row) => {
        // Error pointers count only the rows that are sent.
        const place = `${pointer}/${rows.filter(isFilled).indexOf(row)}`
        return (
          <RowFields
            key={row.key}
            of={of}
            row={row}
            place={place}
            submission={submission}
            onChange={(changes) => {
              submission.touch(`${place}/name`)
              submission.touch(`${place}/value`)
              submission.touch(pointer)
              change(row, changes)
            }}
            onRemove={() => remove(row)}
          />
        )
      })}
      <Button
        data-add
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...rows, newRow({ isSecret: of === 'entries' })])}
      >
        {text(`add.${of}`)}
      </Button>
    </div>
  )
}

type RowFieldsProps = {
  readonly of: RowListProps['of']
  readonly row: Row
  readonly place: string
  readonly submission: Submission
  readonly onChange: (changes: Partial<Row>) => void
  readonly onRemove: () => void
}

function RowFields({ of, row, place, submission, onChange, onRemove }: RowFieldsProps) {
  const { name, value, isSecret, isStored } = row
  const called = name.trim() === '' ? text('unnamed') : name.trim()
  const Value = isSecret ? PasswordInput : TextInput
  const fault = submission.fieldError(`${place}/value`)
  return (
    <div className={classes.row} role="group" aria-label={text(`one.${of}`, { name: called })}>
      <TextInput
        label={text('rowName')}
        value={name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        error={submission.fieldError(`${place}/name`) ?? submission.fieldError(place)}
        maxLength={128}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
        // Focuses a new row.
        autoFocus={name === '' && value === '' && !isStored}
      />
      <Value
        label={text('rowValue')}
        value={value}
        placeholder={isStored ? text('leaveToKeep') : undefined}
        onChange={(event) => onChange({ value: event.currentTarget.value })}
        error={fault}
        aria-invalid={fault !== undefined || undefined}
        maxLength={4096}
        {...notForPasswordManagers}
      />
      <ActionIcon
        className={classes.remove}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={text(`remove.${of}`, { name: called })}
        onClick={onRemove}
      >
        <IconX size={16} aria-hidden />
      </ActionIcon>
      {of === 'headers' && (
        <Checkbox
          className={classes.secret}
          label={text('secretValue')}
          checked={isSecret}
          onChange={(event) => {
            const { checked } = event.currentTarget
            // A stored secret cannot be revealed, so its value must be entered again.
            onChange({ isSecret: checked, isStored: false })
          }}
        />
      )}
    </div>
  )
}
