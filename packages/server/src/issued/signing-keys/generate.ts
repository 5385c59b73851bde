import { createHash, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { jwkThumbprintInput, publicJwk, type SigningAlgorithm } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { SigningKeyRow } from './rows.ts'

const generate = promisify(generateKeyPair)

const keyGenerators: Record<
  SigningAlgorithm,
  () => Promise<{ privateKey: KeyObject; publicKey: KeyObject }>
> = {
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generate('ed25519', undefined),
  RS256: () => generate('rsa', { modulusLength: 2048 }),
}

/** Generates a key pair and encrypts the private key. The `kid` is the JWK thumbprint (RFC 7638). */
export async function generateSigningKey(
  deps: Pick<Context, 'clock' | 'rootEncryption'>,
  algorithm: SigningAlgorithm,
  activatesAt: number,
): Promise<SigningKeyRow> {
  const { privateKey, publicKey } = await keyGenerators[algorithm]()
  const bare = publicJwk(publicKey.export({ format: 'jwk' }))
  if (bare === undefined) throw new TypeError('A generated key pair has no public JWK')
  const kid = createHash('sha256').update(jwkThumbprintInput(bare)).digest('base64url')
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
  return {
    kid,
    algorithm,
    publicJwk: JSON.stringify({ ...bare, kid, use: 'sig', alg: algorithm }),
    encryptedPrivateKey: deps.rootEncryption.encrypt(pkcs8, encryptionContextOf(kid)),
    createdAt: deps.clock.now(),
    activatesAt,
    destroyedAt: null,
  }
}

/** Returns the encryption context of a private key. */
export function encryptionContextOf(kid: string) {
  return { organization: 'installation', record: kid, field: 'signing_key', version: 1 } as const
}
