import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import type { Submission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Field } from '../authentication-types.ts'
import type { AuthKind, Connection } from '../integration.ts'
import type { CredentialInput, Draft } from './draft.ts'
import classes from './editor.module.css'
import fieldMessages from './field.messages.json'
import { fieldName } from './field-name.ts'
import messages from './messages.json'
import { isKept } from './request.ts'
import { RowList } from './row-list.tsx'
import { SecretField } from './secret-field.tsx'

const text = catalogue(messages)
const fieldText = catalogue(fieldMessages)

/** The state that a field reads and changes: integration settings or connection credentials. */
export type FieldSource = {
  readonly kind: AuthKind
  readonly settings: Draft['settings']
  readonly extraParameters: Draft['extraParameters']
  readonly changeDraft: (changes: Partial<Draft>) => void
  readonly credentials: CredentialInput
  readonly changeCredentials: (changes: Partial<CredentialInput>) => void
  readonly stored: Connection | undefined
  readonly submission: Submission
}

/** A field of an authentication type. */
export function AuthField({
  field,
  source,
}: {
  readonly field: Field
  readonly source: FieldSource
}) {
  const { name, control } = field
  const { submission } = source
  if (control === 'secret') return <Secret field={field} source={source} />
  if (control === 'entries') return <Entries source={source} />
  if (control === 'pairs') return <Pairs source={source} />
  const pointer = `auth/${name}`
  const change = (value: string): void => {
    if (field.of === 'integration') {
      source.changeDraft({ settings: { ...source.settings, [name]: value } })
    } else source.changeCredentials({ fields: { ...source.credentials.fields, [name]: value } })
  }
  const held = field.of === 'integration' ? source.settings : source.credentials.fields
  const shared = {
    label: labelOf(field, source.kind),
    description: helpOf(name, source.kind),
    ...submission.field(pointer, held[name] ?? '', change),
  }
  if (control === 'choice') {
    return <NativeSelect {...shared} data={choicesOf(field)} />
  }
  const typed = { ...shared, placeholder: field.placeholder, maxLength: field.max, ...plainTyping }
  if (control === 'lines' || control === 'recipe') {
    return (
      <Textarea
        {...typed}
        className={classes.wide}
        classNames={{ input: 'mono' }}
        rows={control === 'recipe' ? 14 : 4}
      />
    )
  }
  return (
    <TextInput
      {...typed}
      inputMode={control === 'number' ? 'numeric' : control === 'url' ? 'url' : undefined}
      className={control === 'url' || control === 'words' ? classes.wide : undefined}
    />
  )
}

const plainTyping = { autoCapitalize: 'none', spellCheck: false } as const

function Secret({ field, source }: { readonly field: Field; readonly source: FieldSource }) {
  const { name, max } = field
  const { credentials, changeCredentials, stored, submission, kind } = source
  const replace = (replaced: readonly string[]): void =>
    changeCredentials({ replaced, fields: { ...credentials.fields, [name]: '' } })
  const isReplaced = stored?.secrets.includes(name) === true && credentials.replaced.includes(name)
  return (
    <SecretField
      label={labelOf(field, kind)}
      help={helpOf(name, kind)}
      max={max}
      value={credentials.fields[name] ?? ''}
      saved={isKept(name, credentials, stored) ? stored : undefined}
      onReplace={() => replace([...credentials.replaced, name])}
      onKeep={
        isReplaced ? () => replace(credentials.replaced.filter((one) => one !== name)) : undefined
      }
      error={submission.fieldError(`auth/${name}`)}
      onChange={(value) => {
        submission.touch(`auth/${name}`)
        changeCredentials({ fields: { ...credentials.fields, [name]: value } })
      }}
    />
  )
}

function Entries({ source }: { readonly source: FieldSource }) {
  const { credentials, changeCredentials, submission } = source
  return (
    <div className={classes.wide}>
      <RowList
        of="entries"
        rows={credentials.entries}
        onChange={(entries) => changeCredentials({ entries })}
        pointer="auth/entries"
        submission={submission}
      />
      <FieldFault fault={submission.fieldError('auth/entries')} />
    </div>
  )
}

function Pairs({ source }: { readonly source: FieldSource }) {
  const { extraParameters, changeDraft, submission } = source
  return (
    <div className={classes.wide} role="group" aria-label={fieldText('extraParameters')}>
      <RowList
        of="pairs"
        rows={extraParameters}
        onChange={(rows) => changeDraft({ extraParameters: rows })}
        pointer="auth/extraParameters"
        submission={submission}
      />
      <FieldFault fault={submission.fieldError('auth/extraParameters')} />
    </div>
  )
}

function FieldFault({ fault }: { readonly fault: string | undefined }) {
  if (fault === undefined) return null
  return (
    <p role="alert" className={classes.fault}>
      {fault}
    </p>
  )
}

function labelOf(field: Field, kind: AuthKind): string {
  const name = fieldName(field.name, kind)
  return field.isOptional ? text('optional', { name }) : name
}

function helpOf(name: string, kind: AuthKind): string | undefined {
  const own = `${kind}.${name}.help`
  const usual = `${name}.help`
  if (fieldText.has(own)) return fieldText(own)
  return fieldText.has(usual) ? fieldText(usual) : undefined
}

function choicesOf({ name, choices = [] }: Field) {
  return choices.map((value) => {
    const key = `${name}.${value}`
    return { value, label: fieldText.has(key) ? fieldText(key) : value }
  })
}
