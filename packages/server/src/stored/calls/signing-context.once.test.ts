import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../platform/random.ts'
import { createSigningContext } from './signing-context.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const make = (now = () => 0) => createSigningContext({ clock: { now }, random: systemRandom })

describe('the signing context', () => {
  it('computes the same SHA-256 and HMAC as node:crypto, of text and of bytes', () => {
    const { sha256, sha256Hex, hmacSha256, hmacSha256Hex, hmacSha1 } = make()()
    for (const data of ['', 'é\n', Buffer.from([0, 255, 10])]) {
      const digest = createHash('sha256').update(data).digest()
      expect(Buffer.from(sha256(data))).toEqual(digest)
      expect(sha256Hex?.(data)).toBe(digest.toString('hex'))
      const sha1 = createHmac('sha1', 'key').update(String(data)).digest()
      expect(Buffer.from(hmacSha1?.(bytes('key'), String(data)) ?? [])).toEqual(sha1)
      const mac = createHmac('sha256', 'key').update(data).digest()
      expect(Buffer.from(hmacSha256(bytes('key'), data))).toEqual(mac)
      expect(hmacSha256Hex?.(bytes('key'), data)).toBe(mac.toString('hex'))
    }
  })

  it('contains the time at which it was requested', () => {
    let nowMs = 1
    const around = make(() => nowMs)
    expect(around().nowMs).toBe(1)
    nowMs = 2
    expect(around().nowMs).toBe(2)
  })

  it('returns a new nonce of 128 bits each time, in characters that any header allows', () => {
    const { nonce } = make()()
    expect(nonce()).toMatch(/^[\w-]{22}$/)
    expect(nonce()).not.toBe(nonce())
  })

  it('derives a key once for each name, and signs with it as with any other key', () => {
    const source = make()
    let derived = 0
    const derive = () => {
      derived += 1
      return bytes('derived')
    }
    const key = source().cachedKey?.('one', derive)
    expect(source().cachedKey?.('one', derive)).toBe(key)
    expect(derived).toBe(1)
    source().cachedKey?.('other', derive)
    expect(derived).toBe(2)
    expect(Buffer.from(source().hmacSha256(key ?? bytes(''), 'data'))).toEqual(
      createHmac('sha256', 'derived').update('data').digest(),
    )
  })

  it('signs with Ed25519 as RFC 8032 §7.1 (test 1) says, with a key in the cache or not', () => {
    const { signEd25519, cachedKey } = make()()
    const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
    const signature =
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'
    const key = cachedKey?.('ed25519', () => Buffer.from(seed, 'hex'))
    for (const one of [key, key, Buffer.from(seed, 'hex')])
      expect(Buffer.from(signEd25519?.(one ?? bytes(''), '') ?? []).toString('hex')).toBe(signature)
  })

  it('evicts the oldest key when ten thousand are cached', () => {
    const { cachedKey } = make()()
    const again: string[] = []
    const deriveKey = (name: string) =>
      cachedKey?.(name, () => {
        again.push(name)
        return bytes(name)
      })
    for (let index = 0; index <= 10_000; index += 1) deriveKey(`key ${index}`)
    again.length = 0
    deriveKey('key 1')
    deriveKey('key 10000')
    expect(again).toEqual([])
    deriveKey('key 0')
    expect(again).toEqual(['key 0'])
  })

  it('does not cache a failed derivation', () => {
    const { cachedKey } = make()()
    const fail = () => {
      throw new Error('no')
    }
    expect(() => cachedKey?.('one', fail)).toThrow('no')
    expect(cachedKey?.('one', () => bytes('yes'))).toEqual(bytes('yes'))
  })
})
