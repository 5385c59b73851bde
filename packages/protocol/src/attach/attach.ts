import type { Auth } from './auth.ts'
import type { AttachAround, Attached, OutgoingRequest } from './request.ts'

/** What of a body must be known before a request can be signed in. */
export type BodyNeed = 'nothing' | 'digest' | 'bytes'

/** How one kind is attached. */
export type Attachment<A extends Auth> = {
  readonly needs: (auth: A, request: Pick<OutgoingRequest, 'origin'>) => BodyNeed
  /** @throws {AttachError} when the values cannot stand where they belong */
  readonly attach: (auth: A, request: OutgoingRequest, around: AttachAround) => Attached
}
