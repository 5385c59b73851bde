import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { encodeBase64url, type SigningContext } from '@keyporter/protocol'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'

/** One derived key for a connection and a day: more than that many are hardly in use at once. */
const REMEMBERED_MAX = 10_000

/** What one signature takes from the world: for each, another instant. */
export type SigningContextSource = () => SigningContext

/** The machine's cryptography, the application's clock and random source, and a bounded memory of derived keys. */
export function createSigningContext(of: {
  readonly clock: Clock
  readonly random: Random
}): SigningContextSource {
  const remembered = new Map<string, Uint8Array>()
  // Node looks at bytes at every call for what kind of key they might be, which costs several times the HMAC.
  const keyObjects = new WeakMap<Uint8Array, KeyObject>()

  function remember(name: string, derive: () => Uint8Array): Uint8Array {
    const known = remembered.get(name)
    if (known !== undefined) return known
    const key = derive()
    if (remembered.size >= REMEMBERED_MAX) forgetOldest(remembered)
    remembered.set(name, key)
    keyObjects.set(key, createSecretKey(key))
    return key
  }

  const hmac = (key: Uint8Array, data: string | Uint8Array) =>
    createHmac('sha256', keyObjects.get(key) ?? key).update(data)
  const constant = {
    sha256: (data: string | Uint8Array) => hash('sha256', data, 'buffer'),
    sha256Hex: (data: string | Uint8Array) => hash('sha256', data, 'hex'),
    hmacSha256: (key: Uint8Array, data: string | Uint8Array) => hmac(key, data).digest(),
    hmacSha256Hex: (key: Uint8Array, data: string | Uint8Array) => hmac(key, data).digest('hex'),
    remember,
    nonce: () => encodeBase64url(of.random(16)),
  }
  return () => ({ ...constant, nowMs: of.clock.now() })
}

function forgetOldest(remembered: Map<string, Uint8Array>): void {
  for (const name of remembered.keys()) {
    remembered.delete(name)
    return
  }
}
