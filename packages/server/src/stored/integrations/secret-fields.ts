import { authFieldsOf, comparableFieldName, isConditionMet, readEntries } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'
import { type AuthSettings } from './auth-settings.ts'
import { reservedForAll } from './reserved-headers.ts'

/** The `auth` of a request: an authentication type with fields, possibly of other types. */
export type AuthInput = { readonly kind: AuthSettings['kind']; readonly [field: string]: unknown }

/** The secret fields to encrypt, and the problems found. */
export type DecidedFields = {
  readonly fields: ReadonlyMap<string, unknown>
  readonly problems: readonly FieldProblem[]
}

/** The context of the decision. */
export type FieldRules = {
  /** The merged settings of the integration and the connection. */
  readonly settings: AuthSettings
  /** The stored secrets, for fields with the value null. */
  readonly reusable: ReadonlyMap<string, unknown>
}

/**
 * Decides the stored secret fields from those of a request. Fields of other authentication types
 * are ignored.
 */
export function decideFields(auth: AuthInput, { settings, reusable }: FieldRules): DecidedFields {
  const fields = new Map<string, unknown>()
  const problems: FieldProblem[] = []
  for (const [name, { type, isSecret, mayBeEmpty = false }] of Object.entries(
    authFieldsOf(auth.kind),
  )) {
    const requested = auth[name]
    if (isSecret !== true || requested === undefined) continue
    const decided =
      type === 'entries'
        ? decideEntries(requested, reusable.get(name))
        : decideText(requested ?? reusable.get(name), `/auth/${name}`, mayBeEmpty)
    problems.push(...decided.problems)
    if (decided.problems.length === 0) fields.set(name, decided.value)
  }
  return {
    fields,
    problems: [...problems, ...missingFields(auth, settings), ...duplicatePrefix(auth, settings)],
  }
}

type Decided = { readonly value: unknown; readonly problems: readonly FieldProblem[] }

const NONE_STORED = 'Enter the value: no value is stored for this address'

function decideText(value: unknown, pointer: string, mayBeEmpty: boolean): Decided {
  if (value === undefined) {
    return { value, problems: [{ pointer, code: 'required', detail: NONE_STORED }] }
  }
  if (value === '' && !mayBeEmpty) {
    return { value, problems: [{ pointer, code: 'too_small', detail: 'Must not be empty' }] }
  }
  return { value, problems: [] }
}

function decideEntries(requested: unknown, reusable: unknown): Decided {
  const stored = new Map(
    readEntries(reusable).map(({ name, value }) => [name.toLowerCase(), value]),
  )
  const seen = new Set<string>()
  const problems: FieldProblem[] = []
  const entries = readEntries(requested).map(({ name, value }, index) => {
    const key = name.toLowerCase()
    const comparable = comparableFieldName(name)
    const pointer = `/auth/entries/${index}`
    const reason = reservedForAll(name)
    if (reason !== undefined) {
      problems.push({ pointer: `${pointer}/name`, code: 'reserved', detail: reason })
    }
    if (seen.has(comparable)) {
      const detail = 'Duplicate name'
      problems.push({ pointer: `${pointer}/name`, code: 'duplicate', detail })
    }
    seen.add(comparable)
    const decided = value ?? stored.get(key) ?? null
    if (decided === null) {
      problems.push({ pointer: `${pointer}/value`, code: 'required', detail: NONE_STORED })
    }
    return { name, value: decided }
  })
  return { value: entries, problems }
}

/** Returns the required fields that neither the integration nor the connection provides. */
function missingFields(auth: AuthInput, settings: AuthSettings): readonly FieldProblem[] {
  return Object.entries(authFieldsOf(auth.kind))
    .filter(
      ([, { isRequired, onlyWith }]) => isRequired === true && isConditionMet(onlyWith, settings),
    )
    .filter(([name, { isSecret }]) => (isSecret === true ? auth : settings)[name] === undefined)
    .map(([name, { isSecret }]) => ({
      pointer: `/auth/${name}`,
      code: 'required',
      detail: isSecret === true ? 'Required' : 'Required in the connection or in the integration',
    }))
}

/** The prefix is added to the token, so a token that already includes it would have it twice. */
function duplicatePrefix(auth: AuthInput, settings: AuthSettings): readonly FieldProblem[] {
  const { token } = auth
  const prefix = settings['prefix'] ?? 'Bearer'
  if (auth.kind !== 'bearer' || typeof token !== 'string' || typeof prefix !== 'string') return []
  const [word, ...rest] = token.split(/[ \t]+/)
  if (prefix === '' || rest.length === 0 || word?.toLowerCase() !== prefix.toLowerCase()) return []
  const detail = `Enter the token without the prefix ${prefix}, which is added automatically`
  return [{ pointer: '/auth/token', code: 'invalid', detail }]
}
