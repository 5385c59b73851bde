/** JSON Web Keys: the public key, the thumbprint, and the permitted use. */
import { decodeBase64url } from '../bytes.ts'

/** RFC 7517 §4.2, §4.4, §4.5. */
type CommonParameters = {
  readonly kid?: string
  readonly use?: string
  readonly alg?: string
}

/**
 * A public key.
 *
 * @see RFC 7517 §4, RFC 7518 §6.2.1, §6.3.1, RFC 8037 §2
 */
export type PublicJwk = CommonParameters &
  (
    | { readonly kty: 'EC'; readonly crv: string; readonly x: string; readonly y: string }
    | { readonly kty: 'OKP'; readonly crv: string; readonly x: string }
    | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  )

type Members = Readonly<Record<string, unknown>>

const COMMON_PARAMETERS = ['kid', 'use', 'alg'] as const

/** The key type of each algorithm (RFC 7518 §3.1, RFC 8037 §3.1). */
const ALGORITHM_KEYS: ReadonlyMap<string, { readonly kty: string; readonly crv?: string }> =
  new Map([
    ['ES256', { kty: 'EC', crv: 'P-256' }],
    ['ES384', { kty: 'EC', crv: 'P-384' }],
    ['ES512', { kty: 'EC', crv: 'P-521' }],
    ['EdDSA', { kty: 'OKP', crv: 'Ed25519' }],
    ['RS256', { kty: 'RSA' }],
    ['RS384', { kty: 'RSA' }],
    ['RS512', { kty: 'RSA' }],
    ['PS256', { kty: 'RSA' }],
    ['PS384', { kty: 'RSA' }],
    ['PS512', { kty: 'RSA' }],
    ['HS256', { kty: 'oct' }],
    ['HS384', { kty: 'oct' }],
    ['HS512', { kty: 'oct' }],
  ])

/**
 * Returns only the public members of a key, with `kid`, `use` and `alg`. Returns `undefined` for
 * symmetric keys, and for incomplete EC, OKP or RSA keys.
 *
 * @see RFC 7517 §4, §9.2
 * @example publicJwk(privateKey.export({ format: 'jwk' }))
 */
export function publicJwk(jwk: Readonly<object>): PublicJwk | undefined {
  const members: Members = { ...jwk }
  const { kty } = members
  const crv = textOf(members, 'crv')
  const [x, y] = [octetsOf(members, 'x'), octetsOf(members, 'y')]
  const [n, e] = [octetsOf(members, 'n'), octetsOf(members, 'e')]
  if (kty === 'RSA' && n !== undefined && e !== undefined)
    return { kty, n, e, ...commonParametersOf(members) }
  if (crv === undefined || x === undefined) return undefined
  if (kty === 'OKP') return { kty, crv, x, ...commonParametersOf(members) }
  return kty === 'EC' && y !== undefined
    ? { kty, crv, x, y, ...commonParametersOf(members) }
    : undefined
}

/**
 * Returns the JSON whose SHA-256, in base64url, is the thumbprint of the key: the required members in
 * lexicographic order, without white space.
 *
 * @see RFC 7638 §3, §3.2, RFC 8037 §2
 */
export function jwkThumbprintInput(jwk: PublicJwk): string {
  if (jwk.kty === 'RSA') return JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n })
  const { crv, kty, x } = jwk
  return JSON.stringify(kty === 'EC' ? { crv, kty, x, y: jwk.y } : { crv, kty, x })
}

/**
 * Whether a key can verify signatures of an algorithm: type and curve match, and `alg`, `use` and
 * `key_ops`, if present, permit it.
 *
 * @see RFC 7517 §4.2 to §4.4, RFC 8725 §3.1
 */
export function canVerify(jwk: Readonly<object>, alg: string): boolean {
  const members: Members = { ...jwk }
  const expected = ALGORITHM_KEYS.get(alg)
  if (expected === undefined || members['kty'] !== expected.kty) return false
  if (expected.crv !== undefined && members['crv'] !== expected.crv) return false
  return (
    isAbsentOr(members['alg'], alg) &&
    isAbsentOr(members['use'], 'sig') &&
    allowsVerification(members)
  )
}

function allowsVerification(members: Members): boolean {
  const operations = members['key_ops']
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'))
}

function isAbsentOr(value: unknown, expected: string): boolean {
  return value === undefined || value === expected
}

function commonParametersOf(members: Members): CommonParameters {
  return Object.fromEntries(
    COMMON_PARAMETERS.map((name) => [name, textOf(members, name)]).filter(
      ([, value]) => value !== undefined,
    ),
  )
}

function octetsOf(members: Members, name: string): string | undefined {
  const text = textOf(members, name)
  return text === undefined || decodeBase64url(text) === undefined ? undefined : text
}

function textOf(members: Members, name: string): string | undefined {
  const value = members[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
