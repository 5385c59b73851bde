import type { Field } from '../kinds.ts'
import { AuthField, type FieldSource } from './auth-field.tsx'
import classes from './editor.module.css'

type AuthFieldsProps = { readonly fields: readonly Field[]; readonly source: FieldSource }

/** Fields of a way of signing in, side by side where there is room. */
export function AuthFields({ fields, source }: AuthFieldsProps) {
  if (fields.length === 0) return null
  return (
    <div className={classes.fields}>
      {fields.map((field) => (
        // The fields of another kind are others, even under the same name.
        <AuthField key={`${source.kind}.${field.name}`} field={field} source={source} />
      ))}
    </div>
  )
}
