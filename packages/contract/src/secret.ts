import * as z from 'zod'

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

/** Returns a value with null in place of each field that {@link secret} marks. */
export function redactSecrets(schema: z.ZodType, value: unknown): unknown {
  if (isSecret(schema)) return null
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return redactSecrets(unwrap(schema), value)
  if (schema instanceof z.ZodUnion) return schema.options.map(toType).reduce(redactBy, value)
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((one) => redactSecrets(unwrap(schema), one))
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      const field = shape[name]
      return [name, field === undefined ? part : redactSecrets(field, part)]
    }),
  )
}

function redactBy(value: unknown, schema: z.ZodType): unknown {
  return redactSecrets(schema, value)
}

function unwrap(schema: z.ZodOptional | z.ZodNullable | z.ZodArray): z.ZodType {
  return toType(schema.unwrap())
}

function toType(schema: z.core.$ZodType): z.ZodType {
  // safe because the contract only uses classic zod schemas
  return schema as z.ZodType
}
