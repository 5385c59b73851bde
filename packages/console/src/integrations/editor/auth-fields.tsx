import type { Field } from '../authentication-types.ts'
import { AuthField, type FieldSource } from './auth-field.tsx'
import classes from './editor.module.css'

type AuthFieldsProps = { readonly fields: readonly Field[]; readonly source: FieldSource }

/** The fields of an authentication type in a responsive grid. */
export function AuthFields({ fields, source }: AuthFieldsProps) {
  if (fields.length === 0) return null
  return (
    <div className={classes.fields}>
      {fields.map((field) => (
        // Fields of different types can have equal names and must not share state.
        <AuthField key={`${source.kind}.${field.name}`} field={field} source={source} />
      ))}
    </div>
  )
}
