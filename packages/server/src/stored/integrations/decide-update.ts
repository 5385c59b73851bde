import type { Input, routes } from '@keyporter/contract'
import type { FieldProblem } from '../../kernel/app-error.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { checkConfiguredUrl } from './addresses.ts'
import { checkSettings } from './check-settings.ts'
import { requireNoProblems } from './field-problems.ts'
import { decideHeaders, type HeaderValues, noHeaderValues, sameHeaderValues } from './headers.ts'
import { reservedFor } from './reserved-headers.ts'
import type { StoredIntegration } from './rows.ts'
import { baseFor } from './secret-destinations.ts'

type Body = Input<typeof routes.integrations.update>['body']

/** The updated integration, and the values of its secret headers if they must be re-encrypted. */
export type DecidedUpdate = {
  readonly integration: StoredIntegration
  readonly headerValues: HeaderValues | undefined
}

/** The context of the decision. */
export type UpdateContext = {
  readonly checkUrl: Outbound['checkUrl']
  /** The values of the secret headers; undefined if they cannot be decrypted. */
  readonly stored: HeaderValues | undefined
}

/**
 * Decides the new state of an integration.
 *
 * @throws {AppError} `address_not_allowed`, `invalid_request`
 */
export function decideUpdate(
  before: StoredIntegration,
  body: Body,
  { checkUrl, stored }: UpdateContext,
): DecidedUpdate {
  const address =
    body.baseUrl === undefined
      ? { ok: true as const, url: before.baseUrl }
      : checkConfiguredUrl(body.baseUrl, { pointer: '/baseUrl', use: 'base', checkUrl })
  const { settings, problems } =
    body.auth === undefined
      ? { settings: before.auth, problems: [] }
      : checkSettings(body.auth, checkUrl)
  const baseUrl = address.ok ? address.url : before.baseUrl
  const updated = { ...before, baseUrl, auth: settings }
  const decided = decideOwnHeaders(before, updated, { requested: body.headers, stored })
  requireNoProblems([...(address.ok ? [] : [address.problem]), ...problems, ...decided.problems])
  return {
    integration: {
      ...updated,
      name: body.name ?? before.name,
      notes: body.notes === undefined ? before.notes : (body.notes ?? ''),
      organizationSpecific: body.organizationSpecific ?? before.organizationSpecific,
      sharedFallback: body.sharedFallback ?? before.sharedFallback,
      contentType: body.contentType ?? before.contentType,
      headers: decided.headers,
    },
    headerValues: decided.secretValues,
  }
}

type OwnHeaders = {
  readonly headers: StoredIntegration['headers']
  readonly secretValues: HeaderValues | undefined
  readonly problems: readonly FieldProblem[]
}

function decideOwnHeaders(
  before: StoredIntegration,
  updated: StoredIntegration,
  {
    requested,
    stored,
  }: { readonly requested: Body['headers']; readonly stored: HeaderValues | undefined },
): OwnHeaders {
  const reserved = (name: string) => reservedFor(updated.auth, name)
  const reusable = isMoved(before, updated) ? noHeaderValues : (stored ?? noHeaderValues)
  if (requested !== undefined) {
    const { headers, secretValues, problems } = decideHeaders(requested, { reserved, reusable })
    // Unchanged secret headers are not re-encrypted.
    const isSame = stored !== undefined && sameHeaderValues(secretValues, stored)
    const isUnchanged = isSame && (secretValues.size === 0 || !isMoved(before, updated))
    return { headers, secretValues: isUnchanged ? undefined : secretValues, problems }
  }
  return {
    headers: before.headers,
    secretValues: undefined,
    problems: before.headers.flatMap(({ name, secret }) => {
      const reason = reserved(name) ?? (secret && isMoved(before, updated) ? SEND_AGAIN : undefined)
      return reason === undefined
        ? []
        : [{ pointer: '/headers', code: 'required', detail: `${name}: ${reason}` }]
    }),
  }
}

const SEND_AGAIN = 'the address changes. Send the values of secret headers in this request'

/** Whether the address of calls changes, so that stored secret headers must not be sent to it. */
function isMoved(before: StoredIntegration, after: StoredIntegration): boolean {
  return baseFor(before.baseUrl, before.auth) !== baseFor(after.baseUrl, after.auth)
}
