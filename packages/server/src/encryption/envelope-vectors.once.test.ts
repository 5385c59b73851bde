import { describe, expect, it } from 'vitest'
import { readVectors } from '../../../../test/support/vectors.ts'
import { decryptAesGcm, encryptAesGcm } from './aes-gcm.ts'
import {
  ciphertextPrefix,
  createEncryption,
  type EncryptionContext,
  readKeyId,
} from './envelope.ts'

// E06: third-party cases of AES-GCM, and of JWE, none of which was sealed here.

type Gcm = {
  testGroups: {
    ivSize: number
    keySize: number
    tagSize: number
    tests: {
      tcId: number
      key: string
      iv: string
      aad: string
      msg: string
      ct: string
      tag: string
      result: 'valid' | 'invalid'
    }[]
  }[]
}
type Jwe = { testGroups: { tests: { tcId: number; jwe?: unknown }[] }[] }

const place: EncryptionContext = { organization: 'org_1', record: 'r', field: 'f', version: 1 }
const zeros = new Uint8Array(32)

const hex = (text: string) => Buffer.from(text, 'hex')

describe('AES-GCM', () => {
  it('gives what the cases say, and refuses what is invalid, of another tag or nonce length', (ctx) => {
    const { testGroups } = readVectors<Gcm>(ctx, 'wycheproof', 'aes_gcm_test.json')
    const counts = { same: 0, refused: 0 }
    for (const { ivSize, tests } of testGroups.filter(({ keySize }) => keySize === 256)) {
      for (const { key, iv, aad, msg, ct, tag, result } of tests) {
        const encrypted = { iv: hex(iv), ciphertext: hex(ct), tag: hex(tag) }
        const open = () => decryptAesGcm(hex(key), encrypted, hex(aad))
        if (result === 'valid' && ivSize === 96) {
          expect(Buffer.from(open())).toEqual(hex(msg))
          const around = { iv: hex(iv), aad: hex(aad) }
          expect(encryptAesGcm(hex(key), hex(msg), around)).toEqual(encrypted)
          const shorter = { ...encrypted, tag: encrypted.tag.subarray(0, 12) }
          expect(() => decryptAesGcm(hex(key), shorter, hex(aad))).toThrow('16 bytes')
          counts.same += 1
        } else {
          expect(open).toThrow(/bytes|authenticate/)
          counts.refused += 1
        }
      }
    }
    expect(counts.same).toBeGreaterThan(20)
    expect(counts.refused).toBeGreaterThan(20)
  })
})

describe('JWE', () => {
  it('takes none of another program for its own', (ctx) => {
    const { testGroups } = readVectors<Jwe>(ctx, 'wycheproof', 'json_web_encryption_test.json')
    const texts = testGroups.flatMap(({ tests }) =>
      tests.flatMap(({ jwe }) => (typeof jwe === 'string' ? [jwe] : [])),
    )
    expect(texts.length).toBeGreaterThan(50)
    for (const text of texts) {
      expect(readKeyId(text)).toBeUndefined()
      expect(() => createEncryption(zeros, 'key_1').decrypt(text, place)).toThrow('another place')
    }
  })
})

describe('the beginning of a sealed text', () => {
  it.each(['key_01jd0000000000000000000000', 'abcdefghijkl', 'abcdefghijk', 'abcdefghij', '-_'])(
    'tells the key %s from every other',
    (keyId) => {
      const sealed = createEncryption(zeros, keyId).encrypt(zeros, place)
      expect(sealed.startsWith(ciphertextPrefix(keyId))).toBe(true)
      expect(readKeyId(sealed)).toBe(keyId)
      for (const other of [`${keyId}a`, keyId.slice(0, -1), `${keyId.slice(0, -1)}z`])
        expect(sealed.startsWith(ciphertextPrefix(other))).toBe(false)
    },
  )
})
