/** Reads the claims of an access token from a verified payload. */
import { decodeUtf8 } from '../bytes.ts'
import { isJsonObject, parseStrictJson } from '../json.ts'
import type { AccessTokenClaims } from './claims.ts'
import type { TokenRejection } from './compact-jws.ts'

type Check = { readonly required: boolean; readonly accepts: (value: unknown) => boolean }

/** The claims of RFC 9068 §2.2 and Keyporter's private claims. The compiler requires an entry for each. */
const CHECKS: Readonly<Record<keyof AccessTokenClaims, Check>> = {
  iss: { required: true, accepts: isText },
  sub: { required: true, accepts: isText },
  aud: { required: true, accepts: isText },
  client_id: { required: true, accepts: isText },
  exp: { required: true, accepts: isSeconds },
  iat: { required: true, accepts: isSeconds },
  nbf: { required: false, accepts: isSeconds },
  jti: { required: true, accepts: isText },
  scope: { required: false, accepts: isText },
  org: { required: true, accepts: isText },
  cred: { required: true, accepts: isText },
  env: { required: true, accepts: (value) => value === 'production' || value === 'test' },
  status: { required: false, accepts: isStatusReference },
}
const CHECK_LIST = Object.entries(CHECKS)

/**
 * Returns the claims of an access token. `missing_claim`: a required claim is absent. `malformed`: the
 * payload is not a JSON object, contains a claim twice, or a claim has the wrong type. Times must be
 * integers, and `aud` a single string.
 *
 * @see RFC 9068 §2.2, RFC 7519 §4
 */
export function readClaims(
  payload: Uint8Array,
): { readonly ok: true; readonly claims: AccessTokenClaims } | TokenRejection {
  const text = decodeUtf8(payload)
  const parsed = text === undefined ? undefined : parseStrictJson(text)
  if (!parsed?.ok || !isJsonObject(parsed.value)) return { ok: false, fault: 'malformed' }
  const claims = parsed.value
  if (!isComplete(claims)) return { ok: false, fault: 'missing_claim' }
  return areClaims(claims) ? { ok: true, claims } : { ok: false, fault: 'malformed' }
}

function isComplete(claims: Readonly<Record<string, unknown>>): boolean {
  return CHECK_LIST.every(([name, { required }]) => !required || claims[name] !== undefined)
}

function areClaims(
  claims: Readonly<Record<string, unknown>>,
): claims is AccessTokenClaims & Readonly<Record<string, unknown>> {
  return CHECK_LIST.every(([name, { accepts }]) => {
    const value = claims[name]
    return value === undefined || accepts(value)
  })
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isSeconds(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isStatusReference(value: unknown): boolean {
  const list = isJsonObject(value) ? value['status_list'] : undefined
  return isJsonObject(list) && isSeconds(list['idx']) && isText(list['uri'])
}
