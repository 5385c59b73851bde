import type * as z from 'zod'

/** The OpenAPI extension that marks a field whose value is a secret. */
export const SECRET_MARK = 'x-keyporter-secret'

/**
 * Marks a field as secret: redacted in logs, masked in the console, never in audit, and a secret of a
 * response is shown once. The one marker from which all of that derives.
 */
export function secret<S extends z.ZodType>(schema: S): S {
  return schema.meta({ ...schema.meta(), [SECRET_MARK]: true })
}

/** Whether a schema carries the mark of {@link secret}. */
export function isSecret(schema: z.ZodType): boolean {
  return schema.meta()?.[SECRET_MARK] === true
}
