import type { Auth } from './auth.ts'
import type { AuthenticatedRequest, OutgoingRequest, SigningContext } from './request.ts'

/** What of a body must be known before a request can be signed in. */
export type BodyRequirement = 'nothing' | 'digest' | 'bytes'

/** How one kind is attached. */
export type Authenticator<A extends Auth> = {
  readonly bodyRequirement: (auth: A, request: Pick<OutgoingRequest, 'origin'>) => BodyRequirement
  /** @throws {AttachError} when the values cannot stand where they belong */
  readonly authenticate: (
    auth: A,
    request: OutgoingRequest,
    context: SigningContext,
  ) => AuthenticatedRequest
}
