import type { Auth } from './auth.ts'
import type { AuthenticatedRequest, OutgoingRequest, SigningContext } from './request.ts'

/** The part of the body that an authentication type must know. */
export type BodyRequirement = 'nothing' | 'digest' | 'bytes'

/** The implementation of one authentication type. */
export type RequestAuthenticator<A extends Auth> = {
  readonly bodyRequirement: (auth: A, request: Pick<OutgoingRequest, 'origin'>) => BodyRequirement
  /** @throws {SigningError} when the credentials have no valid form in the request */
  readonly authenticate: (
    auth: A,
    request: OutgoingRequest,
    context: SigningContext,
  ) => AuthenticatedRequest
}
