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
import type { CachedCredential } from '../credentials/index.ts'
import type { SigningKey } from '../signing-keys/index.ts'

/** The input of minting a token. */
export type MintInput = {
  readonly credential: CachedCredential
  readonly key: SigningKey
  readonly scope: string
  readonly nowMs: number
}

/** A new access token. */
export type MintedToken = {
  readonly token: string
  readonly jti: string
  readonly expiresInSeconds: number
}

const HALF_BYTES = 32
const JTI_BYTES = 16
const signInThreadPool = promisify(signWith)

/** Creates the token minter. Claims that are the same in all tokens of a credential are serialized once. */
export function createMinter(
  issuer: string,
  random: Random,
): (input: MintInput) => Promise<MintedToken> {
  const prefixes = new WeakMap<CachedCredential, string>()
  return async ({ credential, key, scope, nowMs }) => {
    const cached = prefixes.get(credential)
    const prefix = cached ?? prefixOf(issuer, credential)
    if (cached === undefined) prefixes.set(credential, prefix)
    const iat = Math.floor(nowMs / 1_000)
    // A token must not outlive its credential.
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

function prefixOf(issuer: string, credential: CachedCredential): string {
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

/** ES256 and EdDSA are cheaper than a thread switch; RS256 costs ten times as much and uses the thread pool. */
async function signInput(key: SigningKey, signingInput: string): Promise<Uint8Array> {
  const bytes = Buffer.from(signingInput)
  if (key.algorithm === 'RS256') return signInThreadPool('sha256', bytes, key.privateKey)
  if (key.algorithm === 'EdDSA') return signWith(null, bytes, key.privateKey)
  // Sign as DER and convert: Node's ieee-p1363 mode takes twice as long.
  const concat = derToConcat(signWith('sha256', bytes, key.privateKey), HALF_BYTES)
  if (concat === undefined) throw new TypeError('A signature is not DER')
  return concat
}
