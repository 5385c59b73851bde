import type { Input, routes } from '@keyporter/contract'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import type { Egress } from '../../outbound/outbound.ts'
import { baseFor, bindingsOf, sameBindings } from './allowed-origins.ts'
import { type AuthSettings, mergeSettings } from './auth-settings.ts'
import { judgeSettings, templateProblems } from './check-settings.ts'
import { SHARED } from './connection-rows.ts'
import type { SealedValues } from './connection-secrets.ts'
import { requireNoProblems } from './field-problems.ts'
import { decideHeaders, noHeaderValues, type StoredHeader } from './headers.ts'
import { reservedFor } from './reserved-headers.ts'
import { type StoredIntegration } from './rows.ts'
import { decideFields, readEntries } from './secret-fields.ts'

type Body = Input<typeof routes.connections.put>['body']

/** A connection's own settings and headers as they are to be kept, and what is to be sealed. */
export type DecidedConnection = {
  readonly auth: AuthSettings
  readonly secrets: readonly string[]
  readonly headers: readonly StoredHeader[]
  readonly values: SealedValues
}

/** What decides about the values that somebody gives. */
export type PutTerms = {
  readonly integration: StoredIntegration
  /** What is stored for the same holder, as far as it can be read. */
  readonly stored: SealedValues | undefined
  readonly judge: Egress['judge']
}

/**
 * Decides what becomes of the values that somebody gives for an integration.
 *
 * @throws {AppError} `address_not_allowed`, `invalid_request` with a pointer to everything that is wrong
 */
export function decidePut(
  { auth, headers: asked = [] }: Body,
  { integration, stored, judge }: PutTerms,
): DecidedConnection {
  requireKind(auth.kind, integration)
  const own = judgeSettings(auth, judge)
  const settings = mergeSettings(integration.auth, own.settings)
  const boundTo = bindingsOf(integration.baseUrl, settings)
  // What was given for another address is not sent to this one.
  const kept = stored !== undefined && sameBindings(stored.boundTo, boundTo) ? stored : undefined
  const { fields, problems } = decideFields(auth, { settings, kept: kept?.fields ?? new Map() })
  const entries = readEntries(fields.get('entries')).map(({ name }) => ({ name, value: null }))
  const shown = entries.length === 0 ? own.settings : { ...own.settings, entries }
  const { headers, ...decided } = decideHeaders(asked, {
    reserved: (name) => reservedFor({ ...settings, ...shown }, name),
    kept: kept?.headers ?? noHeaderValues,
  })
  requireNoProblems([
    ...own.problems,
    ...problems,
    ...decided.problems,
    ...strayed(integration, settings),
    ...templateProblems(settings),
  ])
  return {
    auth: shown,
    secrets: [...fields.keys()],
    headers,
    values: { boundTo, fields, headers: decided.values },
  }
}

/**
 * Requires that an integration takes values from this holder.
 *
 * @throws {AppError} `invalid_request`
 */
export function requireOwnValues(integration: StoredIntegration, holder: string): void {
  if (holder === SHARED || integration.organizationSpecific) return
  const detail =
    'The integration has the same values for every organization: give them as shared, or make it organization-specific first'
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/params/organization', code: 'not_organization_specific', detail }],
  })
}

function requireKind(kind: string, { auth }: StoredIntegration): void {
  if (kind === auth.kind) return
  const detail = `The integration signs in by ${auth.kind}`
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/auth/kind', code: 'wrong_kind', detail }],
  })
}

/** The secret headers of the integration go to its own address: a connection cannot lead them elsewhere. */
function strayed(integration: StoredIntegration, settings: AuthSettings): readonly FieldProblem[] {
  const { baseUrl, auth, headers } = integration
  const isSame = baseFor(baseUrl, settings) === baseFor(baseUrl, auth)
  if (isSame || !headers.some(({ secret }) => secret)) return []
  const detail = 'The integration has secret headers, which are sent to its own address alone'
  return [{ pointer: '/auth/baseEndpoint', code: 'invalid', detail }]
}
