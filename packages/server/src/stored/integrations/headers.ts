import { comparableFieldName, isJsonObject } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'

/** A header as it is kept and shown; the value of a secret one is sealed elsewhere, and null here. */
export type StoredHeader = {
  readonly name: string
  readonly value: string | null
  readonly secret: boolean
}

/** A header as somebody gives it. `null` keeps the stored value. */
export type AskedHeader = {
  readonly name: string
  readonly value: string | null
  readonly secret?: boolean | undefined
}

/** Values of secret headers, by name in lower case. */
export type HeaderValues = ReadonlyMap<string, string>

/** No values at all. */
export const noHeaderValues: HeaderValues = new Map()

/** Whether two sets of values are the same. */
export function sameHeaderValues(some: HeaderValues, others: HeaderValues): boolean {
  return some.size === others.size && [...some].every(([name, value]) => others.get(name) === value)
}

/** Headers as they will be kept, the values to seal, and what is wrong. */
export type DecidedHeaders = {
  readonly headers: readonly StoredHeader[]
  readonly values: HeaderValues
  readonly problems: readonly FieldProblem[]
}

/** What decides about headers. */
export type HeaderTerms = {
  /** Why a header is not to be set; undefined: one may. */
  readonly reserved: (name: string) => string | undefined
  /** The values that null may keep. */
  readonly kept: HeaderValues
}

/** Decides what becomes of the headers that somebody gives. */
export function decideHeaders(
  asked: readonly AskedHeader[],
  { reserved, kept }: HeaderTerms,
): DecidedHeaders {
  const problems: FieldProblem[] = []
  const seen = new Set<string>()
  const values = new Map<string, string>()
  const headers = asked.map(({ name, value, secret }, index): StoredHeader => {
    const key = name.toLowerCase()
    const comparable = comparableFieldName(name)
    const reason = reserved(name) ?? (seen.has(comparable) ? TWICE : undefined)
    if (reason !== undefined) {
      const code = reason === TWICE ? 'duplicate' : 'reserved'
      problems.push({ pointer: `/headers/${index}/name`, code, detail: reason })
    }
    seen.add(comparable)
    if (value !== null && secret !== true) return { name, value, secret: false }
    const given = secret === false ? undefined : (value ?? kept.get(key))
    if (given === undefined) problems.push(valueProblem(index, secret))
    else values.set(key, given)
    return { name, value: null, secret: true }
  })
  return { headers, values, problems }
}

/** Reads headers from a row. */
export function parseHeaders(json: string): readonly StoredHeader[] {
  const list: unknown = JSON.parse(json)
  if (!Array.isArray(list)) throw new TypeError('The headers of a row do not parse')
  return list.map((entry: unknown): StoredHeader => {
    if (!isJsonObject(entry) || typeof entry['name'] !== 'string') {
      throw new TypeError('A header of a row does not parse')
    }
    const { name, value, secret } = entry
    return { name, value: typeof value === 'string' ? value : null, secret: secret === true }
  })
}

/** What changed between two lists of headers, for the audit log: by name, never a value. */
export function describeHeaders(
  before: readonly StoredHeader[],
  after: readonly StoredHeader[],
): readonly [before: readonly string[], after: readonly string[]] {
  const values = new Map(before.map(({ name, value }) => [name, value]))
  const label = ({ name, secret }: StoredHeader) => (secret ? `${name} (secret)` : name)
  const changed = ({ name, value, secret }: StoredHeader) =>
    !secret && values.has(name) && values.get(name) !== value ? ' (another value)' : ''
  return [before.map(label), after.map((header) => `${label(header)}${changed(header)}`)]
}

const TWICE = 'It stands in the list already'

function valueProblem(index: number, secret: boolean | undefined): FieldProblem {
  return {
    pointer: `/headers/${index}/value`,
    code: 'required',
    detail:
      secret === false
        ? 'A header that is not secret needs its value'
        : 'Give the value: there is none that was given for this address',
  }
}
