import { describe, expect, it } from 'vitest'
import { readVectors } from '../../../../test/support/vectors.ts'
import { decryptAesGcm, encryptAesGcm } from './aes-gcm.ts'
import {
  ciphertextPrefix,
  createEncryption,
  type EncryptionContext,
  readKeyId,
} from './envelope.ts'

// Third-party test vectors of AES-GCM and JWE.

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

const context: EncryptionContext = { organization: 'org_1', record: 'r', field: 'f', version: 1 }
const zeros = new Uint8Array(32)

const hex = (text: string) => Buffer.from(text, 'hex')

describe('AES-GCM', () => {
  it('matches the vectors and rejects invalid ones, including other tag and nonce lengths', (ctx) => {
    const { testGroups } = readVectors<Gcm>(ctx, 'wycheproof', 'aes_gcm_test.json')
    const counts = { same: 0, rejected: 0 }
    for (const { ivSize, tests } of testGroups.filter(({ keySize }) => keySize === 256)) {
      for (const { key, iv, aad, msg, ct, tag, result } of tests) {
        const encrypted = { iv: hex(iv), ciphertext: hex(ct), tag: hex(tag) }
        const decrypt = () => decryptAesGcm(hex(key), encrypted, hex(aad))
        if (result === 'valid' && ivSize === 96) {
          expect(Buffer.from(decrypt())).toEqual(hex(msg))
          const parameters = { iv: hex(iv), aad: hex(aad) }
          expect(encryptAesGcm(hex(key), hex(msg), parameters)).toEqual(encrypted)
          const shorter = { ...encrypted, tag: encrypted.tag.subarray(0, 12) }
          expect(() => decryptAesGcm(hex(key), shorter, hex(aad))).toThrow('16 bytes')
          counts.same += 1
        } else {
          expect(decrypt).toThrow(/bytes|authenticate/)
          counts.rejected += 1
        }
      }
    }
    expect(counts.same).toBeGreaterThan(20)
    expect(counts.rejected).toBeGreaterThan(20)
  })
})

describe('JWE', () => {
  it('ciphertexts of other programs are rejected', (ctx) => {
    const { testGroups } = readVectors<Jwe>(ctx, 'wycheproof', 'json_web_encryption_test.json')
    const texts = testGroups.flatMap(({ tests }) =>
      tests.flatMap(({ jwe }) => (typeof jwe === 'string' ? [jwe] : [])),
    )
    expect(texts.length).toBeGreaterThan(50)
    for (const text of texts) {
      expect(readKeyId(text)).toBeUndefined()
      expect(() => createEncryption(zeros, 'key_1').decrypt(text, context)).toThrow(
        'context or the key',
      )
    }
  })
})

describe('the prefix of a ciphertext', () => {
  it.each(['key_01jd0000000000000000000000', 'abcdefghijkl', 'abcdefghijk', 'abcdefghij', '-_'])(
    'identifies the key %s',
    (keyId) => {
      const ciphertext = createEncryption(zeros, keyId).encrypt(zeros, context)
      expect(ciphertext.startsWith(ciphertextPrefix(keyId))).toBe(true)
      expect(readKeyId(ciphertext)).toBe(keyId)
      for (const other of [`${keyId}a`, keyId.slice(0, -1), `${keyId.slice(0, -1)}z`])
        expect(ciphertext.startsWith(ciphertextPrefix(other))).toBe(false)
    },
  )
})
