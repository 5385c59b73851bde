import { isSecret, redactSecrets } from '@keyporter/contract'
import * as z from 'zod'
import { isRecord } from './parse-input.ts'

const NAMES_MAX = 50

/** The changes of an audit event: field → before and after. */
export type Changes = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>

/** A resource with the fields of a schema, and possibly others. */
export type Presented<T> = T extends readonly (infer E)[]
  ? readonly Presented<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Presented<T[K]> }
    : T

/**
 * Returns the differences between two states of a resource for an audit event. The schema determines the
 * compared fields. Fields of nested objects have dotted names. A list becomes its length, and at most 50 removed
 * and 50 added entries. Fields marked `secret()` are never part of the result: a list entry whose secret changed is
 * listed as `(new value)`.
 *
 * @param before undefined for a new resource, whose empty fields are omitted
 * @param schema one of `auditedFields` of the contract
 */
export function describeChange<S extends z.ZodObject>(
  before: Presented<z.output<S>> | undefined,
  after: Presented<z.output<S>>,
  schema: S,
): Changes {
  return Object.fromEntries(compare(schema, { from: before, to: after }, ''))
}

type Pair = { readonly from: unknown; readonly to: unknown }

function compare(schema: z.ZodType, { from, to }: Pair, path: string): [string, Pair][] {
  if (isSecret(schema)) return []
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return compare(toType(schema.unwrap()), { from, to }, path)
  if (schema instanceof z.ZodObject && (isRecord(from) || isRecord(to)))
    return compareFields(schema, { from: asRecord(from), to: asRecord(to) }, path)
  if (JSON.stringify(from) === JSON.stringify(to) || (from === undefined && isEmpty(to))) return []
  const entry = entrySchema(schema)
  if (entry !== undefined && (Array.isArray(from) || Array.isArray(to)))
    return [[path, compareLists(entry, { from, to })]]
  return [[path, { from: shown(schema, from), to: shown(schema, to) }]]
}

function compareFields(
  schema: z.ZodObject,
  { from, to }: { readonly from: Record<string, unknown>; readonly to: Record<string, unknown> },
  path: string,
): [string, Pair][] {
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape
  // A loose object has fields that its schema does not list.
  const others = schema.def.catchall instanceof z.ZodUnknown ? Object.keys({ ...from, ...to }) : []
  return [...new Set([...Object.keys(shape), ...others])].flatMap((name) =>
    compare(
      shape[name] ?? z.unknown(),
      { from: from[name], to: to[name] },
      path === '' ? name : `${path}.${name}`,
    ),
  )
}

function compareLists(schema: z.ZodType, { from, to }: Pair): Pair {
  const [before, after] = [from, to].map((list) =>
    (Array.isArray(list) ? list : []).map((entry: unknown) => ({
      line: formatEntry(schema, entry),
      json: JSON.stringify(entry),
    })),
  )
  const previous = new Map(before?.map(({ line, json }) => [line, json]))
  const current = new Set(after?.map(({ line }) => line))
  const removed = [...previous.keys()].filter((line) => !current.has(line))
  const added = (after ?? []).flatMap(({ line, json }) => {
    if (!previous.has(line)) return [line]
    return previous.get(line) === json ? [] : [`${line} (new value)`]
  })
  return {
    from: Array.isArray(from) ? { count: from.length, removed: truncate(removed) } : (from ?? null),
    to: Array.isArray(to) ? { count: to.length, added: truncate(added) } : (to ?? null),
  }
}

/** Returns one line of text for an entry of a list: its first texts, then its other values, without secrets. */
function formatEntry(schema: z.ZodType, entry: unknown): string {
  if (!(schema instanceof z.ZodObject) || !isRecord(entry)) return String(shown(schema, entry))
  const visible = redactSecrets(schema, entry)
  const fields = Object.entries<z.ZodType>(schema.shape).filter(([, field]) => !isSecret(field))
  const keyEnd = fields.findIndex(([, field]) => !(field instanceof z.ZodString))
  const keyCount = keyEnd === -1 ? fields.length : keyEnd
  const texts = fields.map(([name]) => formatValue(name, asRecord(visible)[name]))
  const rest = texts.slice(keyCount).filter((text) => text !== '')
  return [texts.slice(0, keyCount).join(' '), ...(rest.length === 0 ? [] : [rest.join(', ')])].join(
    ': ',
  )
}

function formatValue(name: string, value: unknown): string {
  if (value === true) return name
  if (value === false || isEmpty(value)) return ''
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Returns the schema of the entries of a list; undefined for the schema of another value. */
function entrySchema(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodArray) return toType(schema.element)
  if (!(schema instanceof z.ZodUnion)) return undefined
  return schema.options
    .map((option) => entrySchema(toType(option)))
    .find((one) => one !== undefined)
}

function shown(schema: z.ZodType, value: unknown): unknown {
  return redactSecrets(schema, value) ?? null
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

function toType(schema: z.core.$ZodType): z.ZodType {
  // safe because the contract only uses classic zod schemas
  return schema as z.ZodType
}

function truncate(names: readonly string[]): readonly string[] {
  if (names.length <= NAMES_MAX) return names
  return [...names.slice(0, NAMES_MAX), `… and ${names.length - NAMES_MAX} more`]
}
