import { createHash, createHmac, createPrivateKey, sign } from 'node:crypto'
import type { AuthenticatedRequest, OutgoingRequest, SigningContext } from '@keyporter/protocol'

/** A signing context with the runtime's Web Crypto and a fixed instant. */
export const signingContext: SigningContext = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  hmacSha1: (key, data) => createHmac('sha1', key).update(data).digest(),
  signEd25519: (privateKey, data) => sign(null, Buffer.from(data), ed25519Key(privateKey)),
  nowMs: 1_700_000_000_123,
  nonce: () => 'nonce-of-22-characters_',
}

function ed25519Key(seed: Uint8Array) {
  const start = Buffer.from('302e020100300506032b657004220420', 'hex')
  return createPrivateKey({ key: Buffer.concat([start, seed]), format: 'der', type: 'pkcs8' })
}

/** Returns an outgoing request. The defaults are those of `GET https://api.example.com/things`. */
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

/** Returns a body with known bytes. */
export function bytesBody(text: string | Uint8Array) {
  return { kind: 'bytes', bytes: Buffer.from(text) } as const
}

/** Returns every value of the headers with this name, case-insensitive, in order. */
export function headerValues(
  { headers }: Pick<AuthenticatedRequest, 'headers'>,
  name: string,
): string[] {
  const wanted = name.toLowerCase()
  return headers.flatMap((each) => (each.name.toLowerCase() === wanted ? each.value : []))
}
