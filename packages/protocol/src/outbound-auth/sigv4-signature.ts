/** The signature of SigV4: canonical request, string to sign, derived key. */

import type { AwsSigV4Auth } from '../auth-types.ts'
import { encodeUtf8 } from '../bytes.ts'
import { hmacSha256Hex, sha256Hex } from './hex-digests.ts'
import { type Explanation, type SigningContext, SigningError } from './request.ts'
import { secretFingerprint } from './secret-fingerprint.ts'
import type { CanonicalHeaders } from './sigv4-headers.ts'

/** The parts of the canonical request. */
export type SignedParts = {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: CanonicalHeaders
  readonly payload: string
  readonly amzDate: string
}

const NON_ASCII = /[\x80-\xFF]/
const SCOPE_PART = /^[\w-]+$/
/** AWS uses letters and digits. Other vendors allow most characters. */
const ACCESS_KEY = /^[!-+\-.0-~]+$/

/** Caches the last formatted second, because formatting costs as much as a digest. */
let written = { second: Number.NaN, text: '' }

/** Returns the instant in the format of AWS: `20150830T123600Z`. */
export function formatAmzDate(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== written.second) {
    const text = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`.replaceAll(/[-:]/g, '')
    written = { second, text }
  }
  return written.text
}

/** Returns the credential of a signature: `AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request`. */
export function credentialOf(auth: AwsSigV4Auth, amzDate: string): string {
  return `${auth.accessKeyId}/${scopeOf(auth, amzDate)}`
}

/**
 * Returns the signature of the canonical request.
 *
 * @throws {SigningError} when access key ID, region or service are invalid
 */
export function signCanonically(
  auth: AwsSigV4Auth,
  parts: SignedParts,
  context: SigningContext,
): { readonly credential: string; readonly signature: string; readonly explanation: Explanation } {
  const { method, path, query, headers, payload, amzDate } = parts
  const canonicalRequest = `${method}\n${path}\n${query}\n${headers.lines}\n${headers.names}\n${payload}`
  const scope = scopeOf(auth, amzDate)
  const digest = sha256Hex(toBytes(canonicalRequest), context)
  const stringToSign = `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${digest}`
  const credential = `${auth.accessKeyId}/${scope}`
  const key = signingKey(auth, amzDate.slice(0, 8), context)
  const signature = hmacSha256Hex(key, stringToSign, context)
  return { credential, signature, explanation: { canonicalRequest, stringToSign } }
}

function scopeOf({ region, service }: AwsSigV4Auth, amzDate: string): string {
  return `${amzDate.slice(0, 8)}/${region}/${service}/aws4_request`
}

/** Header values can contain Latin-1 bytes, which servers hash unchanged. */
function toBytes(text: string): string | Uint8Array {
  if (!NON_ASCII.test(text)) return text
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** Returns the key of one day, region and service. */
function signingKey(auth: AwsSigV4Auth, day: string, context: SigningContext): Uint8Array {
  const derive = () => deriveKey(auth, day, context)
  return context.cachedKey?.(keyName(auth, day, context), derive) ?? derive()
}

/** Caches the name, because a new string of this length must be hashed for the lookup. */
const keyNames = new WeakMap<AwsSigV4Auth, { readonly day: string; readonly name: string }>()

function keyName(auth: AwsSigV4Auth, day: string, context: SigningContext): string {
  const known = keyNames.get(auth)
  if (known?.day === day) return known.name
  const { accessKeyId, region, service } = auth
  const name = `aws_sigv4 ${accessKeyId} ${day} ${region} ${service} ${secretFingerprint(auth, auth.secretAccessKey, context)}`
  keyNames.set(auth, { day, name })
  return name
}

function deriveKey(auth: AwsSigV4Auth, day: string, context: SigningContext): Uint8Array {
  const { accessKeyId, region, service } = auth
  if (!ACCESS_KEY.test(accessKeyId) || !SCOPE_PART.test(region) || !SCOPE_PART.test(service)) {
    throw new SigningError('The access key ID, the region or the service is invalid.')
  }
  const start = encodeUtf8(`AWS4${auth.secretAccessKey}`)
  return [day, region, service, 'aws4_request'].reduce<Uint8Array>(
    (key, part) => context.hmacSha256(key, part),
    start,
  )
}
