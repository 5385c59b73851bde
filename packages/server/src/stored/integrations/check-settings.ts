import { authFields } from '@keyporter/contract'
import { type AuthKind, isLoginTemplate } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'
import type { Egress } from '../../outbound/outbound.ts'
import { type AddressUse, judgeAddress } from './addresses.ts'
import { type AuthSettings, namedHeaders } from './auth-settings.ts'
import { reservedForAll } from './reserved-headers.ts'

/** Settings with their addresses in normal form, and what is wrong with them. */
export type JudgedSettings = {
  readonly settings: AuthSettings
  readonly problems: readonly FieldProblem[]
}

/** The settings that hold an address which is called. */
const addressUses: ReadonlyMap<string, AddressUse> = new Map([
  ['baseEndpoint', 'base'],
  ['tokenUrl', 'endpoint'],
  ['authorizationUrl', 'endpoint'],
  ['loginUrl', 'endpoint'],
])

/** Keeps the settings of the kind itself: those of other kinds are ignored. */
export function judgeSettings(
  auth: { readonly kind: AuthKind; readonly [field: string]: unknown },
  judge: Egress['judge'],
): JudgedSettings {
  const problems: FieldProblem[] = []
  const own = Object.entries(auth).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(authFields[auth.kind].settings, name),
  )
  const kept = own.map(([name, value]) => {
    const use = addressUses.get(name)
    if (use === undefined || typeof value !== 'string') return [name, value] as const
    const judged = judgeAddress(value, { pointer: `/auth/${name}`, use, judge })
    if (!judged.ok) problems.push(judged.problem)
    return [name, judged.ok ? judged.url : value] as const
  })
  const settings = { ...Object.fromEntries(kept), kind: auth.kind }
  return { settings, problems: [...problems, ...headerProblems(settings)] }
}

function headerProblems(settings: AuthSettings): readonly FieldProblem[] {
  return namedHeaders(settings).flatMap(({ name, pointer }) => {
    const reason = reservedForAll(name)
    return reason === undefined ? [] : [{ pointer, code: 'reserved', detail: reason }]
  })
}

/**
 * What is wrong with the body of a login, once integration and connection are put together: a template of JSON has
 * to be whole, so that no value can change what surrounds it.
 */
export function templateProblems(settings: AuthSettings): readonly FieldProblem[] {
  const { bodyTemplate, contentType, method } = settings
  const isForm = contentType === 'form' || method === 'GET'
  if (typeof bodyTemplate !== 'string' || isLoginTemplate(bodyTemplate, isForm ? 'form' : 'json'))
    return []
  const detail = 'No JSON: write {"user":"{{username}}","password":"{{password}}"}'
  return [{ pointer: '/auth/bodyTemplate', code: 'invalid', detail }]
}
