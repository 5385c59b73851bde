import type * as z from 'zod'

/** The OpenAPI extension that marks a field whose value is a secret. */
export const SECRET_MARK = 'x-keyporter-secret'

/**
 * Marks a field as secret. The mark causes redaction in logs and in the audit log, masking in the
 * console, `writeOnly` in OpenAPI requests, and null in replayed responses.
 */
export function secret<S extends z.ZodType>(schema: S): S {
  return schema.meta({ ...schema.meta(), [SECRET_MARK]: true })
}

/** Whether {@link secret} marks the schema. */
export function isSecret(schema: z.ZodType): boolean {
  return schema.meta()?.[SECRET_MARK] === true
}
