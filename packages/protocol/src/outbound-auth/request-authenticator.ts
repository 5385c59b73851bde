import type { AuthenticatedRequest, OutgoingRequest, SigningContext } from './request.ts'

/** The part of the body that an authentication type must know. */
export type BodyRequirement = 'nothing' | 'digest' | 'bytes'

/** The implementation of one authentication type. `Auth` has its settings and secrets. */
export type RequestAuthenticator<Auth> = {
  /** Returns the headers that it sets. The settings can be incomplete. */
  readonly ownHeaders: (settings: Partial<Auth>) => readonly string[]
  readonly bodyRequirement: (
    auth: Auth,
    request: Pick<OutgoingRequest, 'origin'>,
  ) => BodyRequirement
  /** @throws {SigningError} when the credentials have no valid form in the request */
  readonly authenticate: (
    auth: Auth,
    request: OutgoingRequest,
    context: SigningContext,
  ) => AuthenticatedRequest
}
