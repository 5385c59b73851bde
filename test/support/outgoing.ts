import { createHash, createHmac } from 'node:crypto'
import type { AuthenticatedRequest, OutgoingRequest, SigningContext } from '@keyporter/protocol'

/** What signing takes from the world, by the runtime's own crypto, at one instant. */
export const signingContext: SigningContext = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  nowMs: 1_700_000_000_123,
  nonce: () => 'nonce-of-22-characters_',
}

/** A request on its way out; what is not named is that of `GET https://api.example.com/things`. */
export function outgoing(parts: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    method: 'GET',
    origin: 'https://api.example.com',
    path: '/things',
    query: '',
    headers: [],
    body: { kind: 'none' },
    ...parts,
  }
}

/** A body of which every byte is known. */
export function bytesBody(text: string | Uint8Array) {
  return { kind: 'bytes', bytes: Buffer.from(text) } as const
}

/** Every value of the headers of this name, in any case, in order. */
export function headerValues(
  { headers }: Pick<AuthenticatedRequest, 'headers'>,
  name: string,
): string[] {
  const wanted = name.toLowerCase()
  return headers.flatMap((each) => (each.name.toLowerCase() === wanted ? each.value : []))
}
