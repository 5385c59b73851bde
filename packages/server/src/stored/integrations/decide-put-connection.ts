import type { Input, routes } from '@keyporter/contract'
import { readEntries } from '@keyporter/protocol'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { type AuthSettings, mergeSettings } from './auth-settings.ts'
import { checkSettings, templateProblems } from './check-settings.ts'
import { SHARED } from './connection-rows.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import { requireNoProblems } from './field-problems.ts'
import { decideHeaders, noHeaderValues, type StoredHeader } from './headers.ts'
import { reservedFor } from './reserved-headers.ts'
import { type StoredIntegration } from './rows.ts'
import { baseFor, sameDestinations, secretDestinationsOf } from './secret-destinations.ts'
import { decideFields } from './secret-fields.ts'

type Body = Input<typeof routes.connections.put>['body']

/** The settings and headers to store, and the secrets to encrypt. */
export type DecidedConnection = {
  readonly auth: AuthSettings
  readonly secretNames: readonly string[]
  readonly headers: readonly StoredHeader[]
  readonly plaintext: ConnectionSecrets
}

/** The context of the decision. */
export type PutContext = {
  readonly integration: StoredIntegration
  /**
   * The stored secrets of the same owner; undefined if there are none or they cannot be decrypted.
   */
  readonly stored: ConnectionSecrets | undefined
  readonly checkUrl: Outbound['checkUrl']
}

/**
 * Decides the new state of a connection from the request and the stored secrets.
 *
 * @throws {AppError} `address_not_allowed`, `invalid_request` with a pointer to each problem
 */
export function decidePut(
  { auth, headers: requested = [] }: Body,
  { integration, stored, checkUrl }: PutContext,
): DecidedConnection {
  requireKind(auth.kind, integration)
  const own = checkSettings(auth, checkUrl)
  const settings = mergeSettings(integration.auth, own.settings)
  const destinations = secretDestinationsOf(integration.baseUrl, settings)
  // Secrets that were stored for another address are not sent to this one.
  const reusable =
    stored !== undefined && sameDestinations(stored.destinations, destinations) ? stored : undefined
  const { fields, problems } = decideFields(auth, {
    settings,
    reusable: reusable?.fields ?? new Map(),
  })
  const entries = readEntries(fields.get('entries')).map(({ name }) => ({ name, value: null }))
  const shown = entries.length === 0 ? own.settings : { ...own.settings, entries }
  const { headers, ...decided } = decideHeaders(requested, {
    reserved: (name) => reservedFor({ ...settings, ...shown }, name),
    reusable: reusable?.headers ?? noHeaderValues,
  })
  requireNoProblems([
    ...own.problems,
    ...problems,
    ...decided.problems,
    ...redirectedHeaderProblems(integration, settings),
    ...templateProblems(settings),
  ])
  return {
    auth: shown,
    secretNames: [...fields.keys()],
    headers,
    plaintext: { destinations, fields, headers: decided.secretValues },
  }
}

/**
 * Requires that the integration accepts a connection of this owner.
 *
 * @throws {AppError} `invalid_request`
 */
export function requireAcceptedOwner(integration: StoredIntegration, owner: string): void {
  if (owner === SHARED || integration.organizationSpecific) return
  const detail =
    'The integration uses shared credentials for all organizations. Store the credentials as shared, or make the integration organization-specific first'
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/params/organization', code: 'not_organization_specific', detail }],
  })
}

function requireKind(kind: string, { auth }: StoredIntegration): void {
  if (kind === auth.kind) return
  const detail = `The authentication type of the integration is ${auth.kind}`
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/auth/kind', code: 'wrong_kind', detail }],
  })
}

/**
 * The secret headers of the integration are sent to its own address only: a connection cannot
 * redirect them.
 */
function redirectedHeaderProblems(
  integration: StoredIntegration,
  settings: AuthSettings,
): readonly FieldProblem[] {
  const { baseUrl, auth, headers } = integration
  const isSame = baseFor(baseUrl, settings) === baseFor(baseUrl, auth)
  if (isSame || !headers.some(({ secret }) => secret)) return []
  const detail = 'The integration has secret headers, which may be sent to its own base URL only'
  return [{ pointer: '/auth/baseEndpoint', code: 'invalid', detail }]
}
