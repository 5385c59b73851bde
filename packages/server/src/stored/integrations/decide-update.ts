import type { Input, routes } from '@keyporter/contract'
import type { FieldProblem } from '../../kernel/app-error.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { judgeAddress } from './addresses.ts'
import { baseFor } from './allowed-origins.ts'
import { judgeSettings } from './check-settings.ts'
import { requireNoProblems } from './field-problems.ts'
import { decideHeaders, type HeaderValues, noHeaderValues, sameHeaderValues } from './headers.ts'
import { reservedFor } from './reserved-headers.ts'
import type { StoredIntegration } from './rows.ts'

type Body = Input<typeof routes.integrations.update>['body']

/** The updated integration, and the values of its secret headers if they must be re-encrypted. */
export type Amended = {
  readonly integration: StoredIntegration
  readonly headerValues: HeaderValues | undefined
}

/** The context of the decision. */
export type UpdateTerms = {
  readonly judge: Outbound['checkUrl']
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
  { judge, stored }: UpdateTerms,
): Amended {
  const address =
    body.baseUrl === undefined
      ? { ok: true as const, url: before.baseUrl }
      : judgeAddress(body.baseUrl, { pointer: '/baseUrl', use: 'base', judge })
  const { settings, problems } =
    body.auth === undefined
      ? { settings: before.auth, problems: [] }
      : judgeSettings(body.auth, judge)
  const baseUrl = address.ok ? address.url : before.baseUrl
  const asked = { ...before, baseUrl, auth: settings }
  const decided = decideOwnHeaders(before, asked, { given: body.headers, stored })
  requireNoProblems([...(address.ok ? [] : [address.problem]), ...problems, ...decided.problems])
  return {
    integration: {
      ...asked,
      name: body.name ?? before.name,
      notes: body.notes === undefined ? before.notes : (body.notes ?? ''),
      organizationSpecific: body.organizationSpecific ?? before.organizationSpecific,
      sharedFallback: body.sharedFallback ?? before.sharedFallback,
      contentType: body.contentType ?? before.contentType,
      headers: decided.headers,
    },
    headerValues: decided.values,
  }
}

type OwnHeaders = {
  readonly headers: StoredIntegration['headers']
  readonly values: HeaderValues | undefined
  readonly problems: readonly FieldProblem[]
}

function decideOwnHeaders(
  before: StoredIntegration,
  asked: StoredIntegration,
  { given, stored }: { readonly given: Body['headers']; readonly stored: HeaderValues | undefined },
): OwnHeaders {
  const reserved = (name: string) => reservedFor(asked.auth, name)
  const kept = isMoved(before, asked) ? noHeaderValues : (stored ?? noHeaderValues)
  if (given !== undefined) {
    const { headers, values, problems } = decideHeaders(given, { reserved, kept })
    // Unchanged secret headers are not re-encrypted.
    const isSame = stored !== undefined && sameHeaderValues(values, stored)
    const isKept = isSame && (values.size === 0 || !isMoved(before, asked))
    return { headers, values: isKept ? undefined : values, problems }
  }
  return {
    headers: before.headers,
    values: undefined,
    problems: before.headers.flatMap(({ name, secret }) => {
      const reason = reserved(name) ?? (secret && isMoved(before, asked) ? GIVE_AGAIN : undefined)
      return reason === undefined
        ? []
        : [{ pointer: '/headers', code: 'required', detail: `${name}: ${reason}` }]
    }),
  }
}

const GIVE_AGAIN = 'the address changes. Send the values of secret headers in this request'

/** Whether the address of calls changes, so that stored secret headers must not be sent to it. */
function isMoved(before: StoredIntegration, after: StoredIntegration): boolean {
  return baseFor(before.baseUrl, before.auth) !== baseFor(after.baseUrl, after.auth)
}
