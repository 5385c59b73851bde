import { type AuthKind, authFieldsOf, isValidLoginTemplate } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { checkConfiguredUrl } from './addresses.ts'
import { type AuthSettings, namedHeaders } from './auth-settings.ts'
import { reservedForAll } from './reserved-headers.ts'

/** Settings with normalized addresses, and the problems found. */
export type CheckedSettings = {
  readonly settings: AuthSettings
  readonly problems: readonly FieldProblem[]
}

/** Checks the settings of an authentication type. Fields of other types are dropped. */
export function checkSettings(
  auth: { readonly kind: AuthKind; readonly [field: string]: unknown },
  checkUrl: Outbound['checkUrl'],
): CheckedSettings {
  const problems: FieldProblem[] = []
  const fields = authFieldsOf(auth.kind)
  const checked = Object.entries(auth).flatMap(([name, value]) => {
    const field = fields[name]
    if (value === undefined || field === undefined || field.isSecret === true) return []
    const { destination: use } = field
    if (use === undefined || typeof value !== 'string') return [[name, value] as const]
    const address = checkConfiguredUrl(value, { pointer: `/auth/${name}`, use, checkUrl })
    if (!address.ok) problems.push(address.problem)
    return [[name, address.ok ? address.url : value] as const]
  })
  const settings = { ...Object.fromEntries(checked), kind: auth.kind }
  return { settings, problems: [...problems, ...headerProblems(settings)] }
}

function headerProblems(settings: AuthSettings): readonly FieldProblem[] {
  return namedHeaders(settings).flatMap(({ name, pointer }) => {
    const reason = reservedForAll(name)
    return reason === undefined ? [] : [{ pointer, code: 'reserved', detail: reason }]
  })
}

/**
 * Checks the body template of a login request, after the integration and the connection are merged: a
 * JSON template must be complete JSON, so that no value can change its structure.
 */
export function templateProblems(settings: AuthSettings): readonly FieldProblem[] {
  const { bodyTemplate, contentType, method } = settings
  const isForm = contentType === 'form' || method === 'GET'
  if (
    typeof bodyTemplate !== 'string' ||
    isValidLoginTemplate(bodyTemplate, isForm ? 'form' : 'json')
  )
    return []
  const detail =
    'The template is not valid JSON. Example: {"user":"{{username}}","password":"{{password}}"}'
  return [{ pointer: '/auth/bodyTemplate', code: 'invalid', detail }]
}
