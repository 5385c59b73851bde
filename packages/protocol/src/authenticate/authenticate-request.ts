import { apiKey } from './api-key.ts'
import type { Auth } from './auth.ts'
import type { Authenticator, BodyRequirement } from './authenticator.ts'
import { basic } from './basic.ts'
import { bearer } from './bearer.ts'
import { headers } from './headers.ts'
import { hmac } from './hmac.ts'
import { none } from './none.ts'
import type { AuthenticatedRequest, OutgoingRequest, SigningContext } from './request.ts'
import { awsSigV4 } from './sigv4.ts'

type AuthOf<K extends Auth['kind']> = Extract<Auth, { kind: K }>

/** Every kind, and how it is attached. */
const authenticators: { readonly [K in Auth['kind']]: Authenticator<AuthOf<K>> } = {
  none,
  api_key: apiKey,
  headers,
  basic,
  bearer,
  aws_sigv4: awsSigV4,
  hmac_sha256: hmac,
}

/**
 * The request with what signs it in: path, query and headers are to be sent exactly as they are given back.
 *
 * @throws {AttachError} when the values cannot stand where they belong, or too little is known of the body
 */
export function authenticateRequest(
  auth: Auth,
  request: OutgoingRequest,
  context: SigningContext,
): AuthenticatedRequest {
  return authenticatorOf(auth).authenticate(auth, request, context)
}

/** What of the body must be known before `attach` can be called. */
export function bodyRequirement(
  auth: Auth,
  request: Pick<OutgoingRequest, 'origin'>,
): BodyRequirement {
  return authenticatorOf(auth).bodyRequirement(auth, request)
}

function authenticatorOf<A extends Auth>(auth: A): Authenticator<A> {
  // Safe because the table holds under each kind what takes an `Auth` of that very kind.
  return authenticators[auth.kind] as Authenticator<A>
}
