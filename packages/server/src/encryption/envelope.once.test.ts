import { describe, expect, it } from 'vitest'
import { createEncryption, type EncryptionContext } from './envelope.ts'

// E01, E02, E06: what is sealed opens in its place, under its key, whole and unchanged, and nowhere else.

const key = (fill: number) => new Uint8Array(32).fill(fill)
const { encrypt, decrypt, keyId } = createEncryption(key(1))
const place: EncryptionContext = {
  organization: 'org_1',
  record: 'cred_1',
  field: 'client_secret',
  version: 1,
}
const plaintext = Buffer.from('correct horse battery staple')
const sealed = encrypt(plaintext, place)
const REFUSAL =
  /^(Sealed for another place or key\.|Not a sealed value\.|A tag has 16 bytes\.|An initialization vector has 12 bytes\.|Unsupported state or unable to authenticate data)$/

describe('does', () => {
  it('what was sealed opens again', () => {
    expect(Buffer.from(decrypt(sealed, place))).toEqual(plaintext)
    expect(decrypt(encrypt(new Uint8Array(), place), place)).toHaveLength(0)
  })

  it('the same sealed twice looks different, and does not show what it is', () => {
    expect(encrypt(plaintext, place)).not.toBe(sealed)
    const [header = '', encryptedKey, iv = '', ciphertext = '', tag = ''] = sealed.split('.')
    expect(encryptedKey).toBe('')
    expect(Buffer.from(iv, 'base64url')).toHaveLength(12)
    expect(Buffer.from(ciphertext, 'base64url')).toHaveLength(plaintext.length)
    expect(Buffer.from(tag, 'base64url')).toHaveLength(16)
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: keyId,
      org: 'org_1',
      rec: 'cred_1',
      fld: 'client_secret',
      ver: 1,
    })
  })

  it('the id of a key names it, and tells nothing of it', () => {
    expect(createEncryption(key(1)).keyId).toBe(keyId)
    expect(createEncryption(key(2)).keyId).not.toBe(keyId)
    expect(Buffer.from(key(1)).toString('base64url')).not.toContain(keyId)
  })
})

describe('refuses', () => {
  it.each([
    ['organization', { organization: 'org_2' }],
    ['record', { record: 'cred_2' }],
    ['field', { field: 'password' }],
    ['version', { version: 2 }],
  ])('a text that was moved to another %s', (_name, elsewhere) => {
    expect(() => decrypt(sealed, { ...place, ...elsewhere })).toThrow('another place')
  })

  it('a text of another key', () => {
    expect(() => createEncryption(key(2)).decrypt(sealed, place)).toThrow('another place or key')
  })

  it('a text of another key that claims to be of this one', () => {
    const [, ...rest] = createEncryption(key(2)).encrypt(plaintext, place).split('.')
    expect(() => decrypt([sealed.split('.')[0], ...rest].join('.'), place)).toThrow(REFUSAL)
  })

  it('a text with one bit of any byte changed', () => {
    for (const [part, text] of sealed.split('.').entries()) {
      const bytes = Buffer.from(text, 'base64url')
      for (const [at, byte] of bytes.entries()) {
        const changed = Buffer.from(bytes)
        changed[at] = byte ^ (1 << (at & 7))
        const parts = sealed.split('.')
        parts[part] = changed.toString('base64url')
        expect(() => decrypt(parts.join('.'), place)).toThrow(REFUSAL)
      }
    }
  })

  it('a text that was cut off anywhere, or goes on', () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => decrypt(sealed.slice(0, length), place)).toThrow(REFUSAL)
    }
    for (const more of ['A', '.', 'AAAA', sealed]) {
      expect(() => decrypt(`${sealed}${more}`, place)).toThrow(REFUSAL)
    }
  })

  it('a tag or an initialization vector of another length', () => {
    const [header, encryptedKey, iv = '', ciphertext, tag = ''] = sealed.split('.')
    const shorter = (text: string, bytes: number) =>
      Buffer.from(text, 'base64url').subarray(0, bytes).toString('base64url')
    for (const bytes of [4, 8, 12, 13, 14, 15]) {
      const cut = [header, encryptedKey, iv, ciphertext, shorter(tag, bytes)].join('.')
      expect(() => decrypt(cut, place)).toThrow('A tag has 16 bytes')
    }
    const shortIv = [header, encryptedKey, shorter(iv, 8), ciphertext, tag].join('.')
    expect(() => decrypt(shortIv, place)).toThrow('vector has 12 bytes')
  })

  it.each([0, 16, 31, 33, 64])('a key of %i bytes', (length) => {
    expect(() => createEncryption(new Uint8Array(length))).toThrow('32 bytes')
  })
})
