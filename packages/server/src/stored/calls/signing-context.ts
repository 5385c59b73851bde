import {
  createHmac,
  createPrivateKey,
  createSecretKey,
  hash,
  type KeyObject,
  sign,
} from 'node:crypto'
import { encodeBase64url, type SigningContext } from '@keyporter/protocol'
import { createCache } from '../../platform/cache.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'

/** AWS SigV4 derives one key for each connection and day; more are rarely in use at once. */
const DERIVED_KEYS_MAX = 10_000

/** PKCS #8 of an Ed25519 private key, up to the 32 bytes of the key (RFC 8410 §7). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Returns the context of one signature, with the current time. */
export type SigningContextSource = () => SigningContext

/**
 * Creates signing contexts from Node's cryptography, the application's clock and random source, and
 * a bounded cache of derived keys.
 */
export function createSigningContext(of: {
  readonly clock: Clock
  readonly random: Random
}): SigningContextSource {
  const derivedKeys = createCache<Uint8Array>({ entriesMax: DERIVED_KEYS_MAX })
  // For raw bytes, Node detects the kind of key at every call, which costs several times the HMAC.
  const keyObjects = new WeakMap<Uint8Array, KeyObject>()
  const ed25519Keys = new WeakMap<Uint8Array, KeyObject>()

  function cachedKey(name: string, derive: () => Uint8Array): Uint8Array {
    const known = derivedKeys.peek(name)
    if (known !== undefined) return known
    const key = derive()
    derivedKeys.set(name, key)
    keyObjects.set(key, createSecretKey(key))
    return key
  }

  function ed25519Key(privateKey: Uint8Array): KeyObject {
    const known = ed25519Keys.get(privateKey)
    if (known !== undefined) return known
    const key = Buffer.concat([ED25519_PKCS8, privateKey])
    const object = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
    ed25519Keys.set(privateKey, object)
    return object
  }

  const hmac = (key: Uint8Array, data: string | Uint8Array) =>
    createHmac('sha256', keyObjects.get(key) ?? key).update(data)
  const constant = {
    sha256: (data: string | Uint8Array) => hash('sha256', data, 'buffer'),
    sha256Hex: (data: string | Uint8Array) => hash('sha256', data, 'hex'),
    hmacSha256: (key: Uint8Array, data: string | Uint8Array) => hmac(key, data).digest(),
    hmacSha256Hex: (key: Uint8Array, data: string | Uint8Array) => hmac(key, data).digest('hex'),
    hmacSha1: (key: Uint8Array, data: string) =>
      createHmac('sha1', keyObjects.get(key) ?? key)
        .update(data)
        .digest(),
    signEd25519: (privateKey: Uint8Array, data: string) =>
      sign(null, Buffer.from(data), ed25519Key(privateKey)),
    cachedKey,
    nonce: () => encodeBase64url(of.random(16)),
  }
  return () => ({ ...constant, nowMs: of.clock.now() })
}
