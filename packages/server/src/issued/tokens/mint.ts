import { sign as signWith } from 'node:crypto'
import { promisify } from 'node:util'
import {
  claimsPrefix,
  derToConcat,
  encodeBase64url,
  encodeBase64urlText,
  finishClaims,
} from '@keyporter/protocol'
import type { Random } from '../../platform/random.ts'
import type { RegisteredCredential } from '../credentials/index.ts'
import type { SigningKey } from '../signing-keys/index.ts'

/** What a token is minted from. */
export type MintInput = {
  readonly credential: RegisteredCredential
  readonly key: SigningKey
  readonly scope: string
  readonly nowMs: number
}

/** A token, and for how long it is good. */
export type Minted = {
  readonly token: string
  readonly jti: string
  readonly expiresInSeconds: number
}

const HALF_BYTES = 32
const JTI_BYTES = 16
const signOnThread = promisify(signWith)

/** Makes the minter. What all tokens of a credential share is computed once, and forgotten with it. */
export function createMinter(
  issuer: string,
  random: Random,
): (input: MintInput) => Promise<Minted> {
  const prefixes = new WeakMap<RegisteredCredential, string>()
  return async ({ credential, key, scope, nowMs }) => {
    const known = prefixes.get(credential)
    const prefix = known ?? prefixOf(issuer, credential)
    if (known === undefined) prefixes.set(credential, prefix)
    const iat = Math.floor(nowMs / 1_000)
    // Never beyond the credential's own expiry.
    const exp = Math.min(
      iat + credential.api.tokenTtlSeconds,
      Math.floor(credential.expiresAt / 1_000),
    )
    const jti = encodeBase64url(random(JTI_BYTES))
    const payload = encodeBase64urlText(finishClaims(prefix, { iat, exp, jti, scope }))
    const signingInput = `${key.encodedHeader}.${payload}`
    const signature = await signInput(key, signingInput)
    return {
      token: `${signingInput}.${encodeBase64url(signature)}`,
      jti,
      expiresInSeconds: exp - iat,
    }
  }
}

function prefixOf(issuer: string, credential: RegisteredCredential): string {
  return claimsPrefix({
    iss: issuer,
    sub: credential.clientId,
    aud: credential.api.identifier,
    client_id: credential.clientId,
    org: credential.organizationId,
    cred: credential.id,
    env: credential.environment,
  })
}

/** ES256 and EdDSA cost less than a hop to another thread; RS256 costs ten times as much and goes there. */
async function signInput(key: SigningKey, signingInput: string): Promise<Uint8Array> {
  const bytes = Buffer.from(signingInput)
  if (key.algorithm === 'RS256') return signOnThread('sha256', bytes, key.privateKey)
  if (key.algorithm === 'EdDSA') return signWith(null, bytes, key.privateKey)
  // DER, converted: Node's own ieee-p1363 mode takes twice as long.
  const concat = derToConcat(signWith('sha256', bytes, key.privateKey), HALF_BYTES)
  if (concat === undefined) throw new TypeError('A signature is not DER')
  return concat
}
