/** Parses token requests: client authentication (RFC 6749 §2.3) and the client credentials grant (§4.4.2). */
import { parseAuthorization } from '../authorization-header.ts'
import { parseScope } from '../scope.ts'
import {
  badRequest,
  INVALID_CLIENT,
  type OAuthFault,
  type OAuthFaultResult,
  REPEATED_PARAMETER,
} from './fault.ts'
import type { Form } from './form.ts'
import type { ClientAuthenticationMethod } from './metadata.ts'

/** The client ID and secret of a request. Not verified yet. */
export type ClientAuthentication = {
  readonly kind: 'client'
  readonly clientId: string
  readonly clientSecret: string
  readonly method: ClientAuthenticationMethod
}

/** A well-formed client credentials grant. */
export type ClientCredentialsGrant = {
  readonly kind: 'grant'
  /** The requested permissions. `undefined` requests every granted permission. */
  readonly scope: readonly string[] | undefined
  /** The resource servers of the token. */
  readonly resources: readonly string[]
}

const SCOPE_NAMES_MAX = 1_000
const RESOURCES_MAX = 16
const RESOURCE_LENGTH_MAX = 2_048
const CLIENT_ID_LENGTH_MAX = 256
const CLIENT_SECRET_LENGTH_MAX = 1_024

/** RFC 3986 §4.3: a scheme, and no fragment. */
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[\w\-.~:/?[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/

const AUTHENTICATION_FAILED: OAuthFaultResult = { kind: 'fault', fault: INVALID_CLIENT }
const TWO_METHODS = badRequest('invalid_request', 'Use one method of client authentication only.')
const TWO_CLIENTS = badRequest('invalid_request', 'The client_id differs between header and body.')
const GRANT_TYPE_MISSING = badRequest('invalid_request', 'The parameter grant_type is missing.')
const GRANT_TYPE_UNSUPPORTED = badRequest(
  'unsupported_grant_type',
  'Only the grant type client_credentials is supported.',
)
const SCOPE_MALFORMED = badRequest('invalid_scope', 'The scope is malformed.')
const SCOPE_TOO_LONG = badRequest('invalid_scope', 'The scope contains more than 1000 names.')
const RESOURCE_INVALID = badRequest(
  'invalid_target',
  'A resource must be an absolute URI without a fragment.',
)
const RESOURCES_TOO_MANY = badRequest(
  'invalid_target',
  'The request contains more than 16 resources.',
)

/**
 * Returns a fault if a parameter other than `resource` is repeated. Call it before client authentication.
 *
 * @see RFC 6749 §3.2, RFC 8707 §2
 */
export function findRepeatedParameter(form: Form): OAuthFault | undefined {
  const isRepeated = form.repeated.some((name) => name !== 'resource')
  return isRepeated ? REPEATED_PARAMETER.fault : undefined
}

/**
 * Parses the client authentication of a request. A missing client ID or secret is `invalid_client`. Two
 * methods or two different client IDs are `invalid_request`. Basic with the same client ID in the body
 * is one method.
 *
 * @see RFC 6749 §2.3, §2.3.1, §5.2
 */
export function parseClientAuthentication(input: {
  readonly authorization?: string | undefined
  readonly form: Form
}): ClientAuthentication | OAuthFaultResult {
  const { authorization, form } = input
  const assertion =
    readParameter(form, 'client_assertion') ?? readParameter(form, 'client_assertion_type')
  const clientId = readParameter(form, 'client_id')
  const clientSecret = readParameter(form, 'client_secret')
  if (authorization !== undefined) {
    return parseHeader(authorization, { clientId, credentials: clientSecret ?? assertion })
  }
  if (assertion !== undefined && clientSecret !== undefined) return TWO_METHODS
  if (assertion !== undefined) return AUTHENTICATION_FAILED
  return clientOf('client_secret_post', clientId, clientSecret)
}

/**
 * Parses the client credentials grant. An empty scope counts as absent.
 *
 * @see RFC 6749 §4.4.2, §3.3, RFC 8707 §2
 */
export function parseClientCredentialsGrant(form: Form): ClientCredentialsGrant | OAuthFaultResult {
  if (findRepeatedParameter(form) !== undefined) return REPEATED_PARAMETER
  const grantType = readParameter(form, 'grant_type')
  if (grantType === undefined) return GRANT_TYPE_MISSING
  if (grantType !== 'client_credentials') return GRANT_TYPE_UNSUPPORTED

  const scopeText = readParameter(form, 'scope')
  const scope = scopeText === undefined ? undefined : parseScope(scopeText)
  if (scopeText !== undefined && scope === undefined) return SCOPE_MALFORMED
  if (scope !== undefined && scope.length > SCOPE_NAMES_MAX) return SCOPE_TOO_LONG

  const resources = [...new Set(form.all('resource'))].filter((resource) => resource !== '')
  if (resources.length > RESOURCES_MAX) return RESOURCES_TOO_MANY
  if (!resources.every(isResource)) return RESOURCE_INVALID
  return { kind: 'grant', scope, resources }
}

function parseHeader(
  header: string,
  body: { readonly clientId: string | undefined; readonly credentials: string | undefined },
): ClientAuthentication | OAuthFaultResult {
  const authorization = parseAuthorization(header)
  if (authorization.kind !== 'basic') return AUTHENTICATION_FAILED
  if (body.credentials !== undefined) return TWO_METHODS
  const { username, password } = authorization
  if (body.clientId !== undefined && body.clientId !== username) return TWO_CLIENTS
  return clientOf('client_secret_basic', username, password)
}

/** Checks the lengths before the secret is hashed. */
function clientOf(
  method: ClientAuthentication['method'],
  clientId = '',
  clientSecret = '',
): ClientAuthentication | OAuthFaultResult {
  if (clientId === '' || clientId.length > CLIENT_ID_LENGTH_MAX) return AUTHENTICATION_FAILED
  if (clientSecret === '' || clientSecret.length > CLIENT_SECRET_LENGTH_MAX) {
    return AUTHENTICATION_FAILED
  }
  return { kind: 'client', clientId, clientSecret, method }
}

function isResource(text: string): boolean {
  return text.length <= RESOURCE_LENGTH_MAX && ABSOLUTE_URI.test(text) && URL.canParse(text)
}

/** RFC 6749 §3.2: a parameter without a value counts as absent. */
function readParameter(form: Form, name: string): string | undefined {
  const value = form.get(name)
  return value === '' ? undefined : value
}
