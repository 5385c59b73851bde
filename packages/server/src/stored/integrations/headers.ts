import { comparableFieldName, isJsonObject } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'

/**
 * A stored header, as the API shows it. The value of a secret header is null here and encrypted
 * elsewhere.
 */
export type StoredHeader = {
  readonly name: string
  readonly value: string | null
  readonly secret: boolean
}

/** A header of a request. The value null keeps the stored value. */
export type HeaderInput = {
  readonly name: string
  readonly value: string | null
  readonly secret?: boolean | undefined
}

/** Values of secret headers by lower-case name. */
export type HeaderValues = ReadonlyMap<string, string>

export const noHeaderValues: HeaderValues = new Map()

/** Whether two sets of secret header values are equal. */
export function sameHeaderValues(some: HeaderValues, others: HeaderValues): boolean {
  return some.size === others.size && [...some].every(([name, value]) => others.get(name) === value)
}

/** The headers to store, the values to encrypt, and the problems found. */
export type DecidedHeaders = {
  readonly headers: readonly StoredHeader[]
  readonly secretValues: HeaderValues
  readonly problems: readonly FieldProblem[]
}

/** The context of the decision. */
export type HeaderRules = {
  /** Returns the reason why a header cannot be set; undefined if it can. */
  readonly reserved: (name: string) => string | undefined
  /** The stored values, for headers with the value null. */
  readonly reusable: HeaderValues
}

/** Decides the stored headers from those of a request. */
export function decideHeaders(
  requested: readonly HeaderInput[],
  { reserved, reusable }: HeaderRules,
): DecidedHeaders {
  const problems: FieldProblem[] = []
  const seen = new Set<string>()
  const secretValues = new Map<string, string>()
  const headers = requested.map(({ name, value, secret }, index): StoredHeader => {
    const key = name.toLowerCase()
    const comparable = comparableFieldName(name)
    const reason = reserved(name) ?? (seen.has(comparable) ? DUPLICATE : undefined)
    if (reason !== undefined) {
      const code = reason === DUPLICATE ? 'duplicate' : 'reserved'
      problems.push({ pointer: `/headers/${index}/name`, code, detail: reason })
    }
    seen.add(comparable)
    if (value !== null && secret !== true) return { name, value, secret: false }
    const secretValue = secret === false ? undefined : (value ?? reusable.get(key))
    if (secretValue === undefined) problems.push(valueProblem(index, secret))
    else secretValues.set(key, secretValue)
    return { name, value: null, secret: true }
  })
  return { headers, secretValues, problems }
}

/** Parses the headers column of a row. */
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

const DUPLICATE = 'Duplicate name'

function valueProblem(index: number, secret: boolean | undefined): FieldProblem {
  return {
    pointer: `/headers/${index}/value`,
    code: 'required',
    detail:
      secret === false
        ? 'Enter the value: only secret headers keep their stored value'
        : 'Enter the value: no value is stored for this address',
  }
}
