import { apiKey } from './api-key.ts'
import type { Attachment, BodyNeed } from './attach.ts'
import type { Auth } from './auth.ts'
import { basic } from './basic.ts'
import { bearer } from './bearer.ts'
import { headers } from './headers.ts'
import { hmac } from './hmac.ts'
import { none } from './none.ts'
import type { AttachAround, Attached, OutgoingRequest } from './request.ts'
import { awsSigV4 } from './sigv4.ts'

type AuthOf<K extends Auth['kind']> = Extract<Auth, { kind: K }>

/** Every kind, and how it is attached. */
const attachments: { readonly [K in Auth['kind']]: Attachment<AuthOf<K>> } = {
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
export function attach(auth: Auth, request: OutgoingRequest, around: AttachAround): Attached {
  return attachmentOf(auth).attach(auth, request, around)
}

/** What of the body must be known before `attach` can be called. */
export function bodyNeed(auth: Auth, request: Pick<OutgoingRequest, 'origin'>): BodyNeed {
  return attachmentOf(auth).needs(auth, request)
}

function attachmentOf<A extends Auth>(auth: A): Attachment<A> {
  // Safe because the table holds under each kind what takes an `Auth` of that very kind.
  return attachments[auth.kind] as Attachment<A>
}
