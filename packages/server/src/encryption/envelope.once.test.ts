import { describe, expect, it } from 'vitest'
import { createEncryption, type EncryptionContext } from './envelope.ts'

const key = (fill: number) => new Uint8Array(32).fill(fill)
const { encrypt, decrypt, keyId } = createEncryption(key(1))
const context: EncryptionContext = {
  organization: 'org_1',
  record: 'cred_1',
  field: 'client_secret',
  version: 1,
}
const plaintext = Buffer.from('correct horse battery staple')
const jwe = encrypt(plaintext, context)
const REJECTED =
  /^(The encryption context or the key of the ciphertext differs\.|The text is not a ciphertext\.|The authentication tag must have 16 bytes\.|The initialization vector must have 12 bytes\.|Unsupported state or unable to authenticate data)$/

describe('does', () => {
  it('decryption returns the plaintext', () => {
    expect(Buffer.from(decrypt(jwe, context))).toEqual(plaintext)
    expect(decrypt(encrypt(new Uint8Array(), context), context)).toHaveLength(0)
  })

  it('two ciphertexts of a plaintext differ and reveal only the encryption context', () => {
    expect(encrypt(plaintext, context)).not.toBe(jwe)
    const [header = '', encryptedKey, iv = '', ciphertext = '', tag = ''] = jwe.split('.')
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

  it('the id identifies a key without revealing it', () => {
    expect(createEncryption(key(1)).keyId).toBe(keyId)
    expect(createEncryption(key(2)).keyId).not.toBe(keyId)
    expect(Buffer.from(key(1)).toString('base64url')).not.toContain(keyId)
  })
})

describe('rejects', () => {
  it.each([
    ['organization', { organization: 'org_2' }],
    ['record', { record: 'cred_2' }],
    ['field', { field: 'password' }],
    ['version', { version: 2 }],
  ])('a ciphertext with another %s in the context', (_name, elsewhere) => {
    expect(() => decrypt(jwe, { ...context, ...elsewhere })).toThrow('context or the key')
  })

  it('a ciphertext of another key', () => {
    expect(() => createEncryption(key(2)).decrypt(jwe, context)).toThrow('context or the key')
  })

  it('a ciphertext of another key with the header of this key', () => {
    const [, ...rest] = createEncryption(key(2)).encrypt(plaintext, context).split('.')
    expect(() => decrypt([jwe.split('.')[0], ...rest].join('.'), context)).toThrow(REJECTED)
  })

  it('a ciphertext with one flipped bit in any byte', () => {
    for (const [part, text] of jwe.split('.').entries()) {
      const bytes = Buffer.from(text, 'base64url')
      for (const [at, byte] of bytes.entries()) {
        const changed = Buffer.from(bytes)
        changed[at] = byte ^ (1 << (at & 7))
        const parts = jwe.split('.')
        parts[part] = changed.toString('base64url')
        expect(() => decrypt(parts.join('.'), context)).toThrow(REJECTED)
      }
    }
  })

  it('a truncated or extended ciphertext', () => {
    for (let length = 0; length < jwe.length; length += 1) {
      expect(() => decrypt(jwe.slice(0, length), context)).toThrow(REJECTED)
    }
    for (const more of ['A', '.', 'AAAA', jwe]) {
      expect(() => decrypt(`${jwe}${more}`, context)).toThrow(REJECTED)
    }
  })

  it('a tag or an initialization vector of another length', () => {
    const [header, encryptedKey, iv = '', ciphertext, tag = ''] = jwe.split('.')
    const shorter = (text: string, bytes: number) =>
      Buffer.from(text, 'base64url').subarray(0, bytes).toString('base64url')
    for (const bytes of [4, 8, 12, 13, 14, 15]) {
      const cut = [header, encryptedKey, iv, ciphertext, shorter(tag, bytes)].join('.')
      expect(() => decrypt(cut, context)).toThrow('tag must have 16 bytes')
    }
    const shortIv = [header, encryptedKey, shorter(iv, 8), ciphertext, tag].join('.')
    expect(() => decrypt(shortIv, context)).toThrow('vector must have 12 bytes')
  })

  it.each([0, 16, 31, 33, 64])('a key of %i bytes', (length) => {
    expect(() => createEncryption(new Uint8Array(length))).toThrow('32 bytes')
  })
})
