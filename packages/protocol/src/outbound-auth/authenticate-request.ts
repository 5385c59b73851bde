import { type Auth, type AuthKind, type AuthOf, needsToken } from '../auth-types.ts'
import { apiKey } from './api-key.ts'
import { basic } from './basic.ts'
import { bearer } from './bearer.ts'
import { headers } from './headers.ts'
import { hmac } from './hmac.ts'
import { httpSignatureEd25519 } from './http-signature-ed25519.ts'
import { none } from './none.ts'
import { oauth1 } from './oauth1.ts'
import { type AuthValues, readAuthFields } from './read-auth.ts'
import type { AuthenticatedRequest, OutgoingRequest, SigningContext } from './request.ts'
import type { BodyRequirement, RequestAuthenticator } from './request-authenticator.ts'
import { awsSigV4 } from './sigv4.ts'

/** The authenticator of every authentication type. */
const authenticators: { readonly [K in Auth['kind']]: RequestAuthenticator<AuthOf<K>> } = {
  none,
  api_key: apiKey,
  headers,
  basic,
  bearer,
  aws_sigv4: awsSigV4,
  hmac_sha256: hmac,
  http_signature_ed25519: httpSignatureEd25519,
  oauth1,
}

/**
 * Returns the request with its credentials or signature. Send path, query and headers unchanged.
 *
 * @throws {SigningError} when the credentials have no valid form in the request, or the body does not
 *   satisfy {@link bodyRequirement}
 */
export function authenticateRequest(
  auth: Auth,
  request: OutgoingRequest,
  context: SigningContext,
): AuthenticatedRequest {
  return authenticatorOf(auth).authenticate(auth, request, context)
}

/** Returns the part of the body that {@link authenticateRequest} requires. */
export function bodyRequirement(
  auth: Auth,
  request: Pick<OutgoingRequest, 'origin'>,
): BodyRequirement {
  return authenticatorOf(auth).bodyRequirement(auth, request)
}

/** Returns the headers that an authentication type sets. Secrets and other settings can be missing. */
export function ownHeaders(kind: AuthKind, settings: AuthValues): readonly string[] {
  // Safe because the fields have the types of the table.
  const auth = {
    ...readAuthFields(kind, settings),
    kind: needsToken(kind) ? 'bearer' : kind,
  } as Auth
  return authenticatorOf(auth).ownHeaders(auth)
}

function authenticatorOf<A extends Auth>(auth: A): RequestAuthenticator<A> {
  // Safe because each table entry accepts the `Auth` of its own kind.
  return authenticators[auth.kind] as RequestAuthenticator<A>
}
