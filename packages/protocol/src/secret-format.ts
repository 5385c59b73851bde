/** The format of issued secrets (prefix, environment, 256 random bits, checksum) and client IDs. */
import { ID_KINDS } from './ids.ts'

/** The environment of a credential. Written as `live` and `test` in secrets and client IDs. */
export type Environment = 'production' | 'test'

/** Returns the requested number of random bytes. */
export type RandomBytes = (length: number) => Uint8Array

/** The readable parts of a secret. */
export type SecretParts = { readonly prefix: string; readonly environment: Environment }

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 62^43 > 2^256. */
const ENTROPY_LENGTH = 43
/** 62^6 > 2^32: `4gfFC3`, the largest checksum, fits. */
const CHECKSUM_LENGTH = 6
const CLIENT_ID_LENGTH = 20
const HINT_LENGTH = 4

const CLIENT_ID_PREFIX = 'kpc'
const PREFIX_LENGTH_MAX = 16
const SECRET_LENGTH_MAX = PREFIX_LENGTH_MAX + '_live_'.length + ENTROPY_LENGTH + CHECKSUM_LENGTH

const PREFIX = /^[a-z][a-z0-9]{1,15}$/
const SECRET = /^([a-z][a-z0-9]{1,15})_(live|test)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/
const CLIENT_ID = /^kpc_(live|test)_[0-9A-Za-z]{20}$/

/** Prefixes of identifiers, which logs may contain. Secrets must not use them. */
const IDENTIFIER_PREFIXES: ReadonlySet<string> = new Set([CLIENT_ID_PREFIX, ...ID_KINDS])

const CRC32_TABLE = buildCrc32Table()

/**
 * The source of a regular expression that finds issued secrets with any prefix in text, for redaction
 * (flag `g`). Also finds truncated secrets with at least 32 random characters, secrets with a suffix, and
 * adjacent secrets. Does not match client IDs. Backtracks at most 16 characters.
 */
export const SECRET_PATTERN = '(?:[a-z][a-z0-9]{1,15})?_(?:live|test)_[0-9A-Za-z]{32,}'

/**
 * Whether the text is a valid prefix for secrets: 2 to 16 characters of `[a-z0-9]`, starting with a
 * letter, and not the prefix of a client ID or another identifier.
 */
export function isSecretPrefix(text: string): boolean {
  return PREFIX.test(text) && !IDENTIFIER_PREFIXES.has(text)
}

/**
 * Returns a new secret: `<prefix>_<live|test>_`, 43 uniformly random characters of `0-9A-Za-z` (256 bits),
 * and a checksum of 6 characters: CRC-32 (ISO-HDLC) of the preceding text, in base62.
 *
 * @throws {TypeError} when {@link isSecretPrefix} rejects the prefix
 * @example generateSecret({ prefix: 'kp', environment: 'production', randomBytes })
 */
export function generateSecret(input: {
  readonly prefix: string
  readonly environment: Environment
  readonly randomBytes: RandomBytes
}): string {
  if (!isSecretPrefix(input.prefix)) throw new TypeError('The prefix is not valid for secrets.')
  const entropy = randomBase62(ENTROPY_LENGTH, input.randomBytes)
  const body = `${input.prefix}_${formatEnvironment(input.environment)}_${entropy}`
  return body + checksumOf(body)
}

/**
 * Parses a secret. Returns `undefined` for an invalid form or checksum. The checksum detects typing errors
 * without a database lookup; it does not authenticate the secret.
 */
export function parseSecret(text: string): SecretParts | undefined {
  const match = matchSecret(text)
  if (match === undefined) return undefined
  const bodyLength = text.length - CHECKSUM_LENGTH
  if (checksumOf(text.slice(0, bodyLength)) !== text.slice(bodyLength)) return undefined
  return { prefix: match.prefix, environment: match.environment }
}

/**
 * Returns the part of a secret that people may see: prefix, environment, the first four random characters
 * (24 of 256 bits) and `…`. Returns `…` for text that is not a secret.
 *
 * @example secretHint(secret) // 'kp_live_9aXq…'
 */
export function secretHint(secret: string): string {
  const match = matchSecret(secret)
  if (match === undefined) return '…'
  const environment = formatEnvironment(match.environment)
  return `${match.prefix}_${environment}_${match.entropy.slice(0, HINT_LENGTH)}…`
}

/**
 * Whether the whole text has the form of a secret. Does not verify the checksum, so that redaction is fast.
 */
export function looksLikeSecret(text: string): boolean {
  return matchSecret(text) !== undefined
}

/**
 * Returns a new client ID: `kpc_<live|test>_` and 20 random characters of `0-9A-Za-z` (119 bits). Only
 * letters, digits and `_` survive the encodings of all OAuth clients.
 *
 * @see RFC 6749 §2.3.1
 */
export function generateClientId(input: {
  readonly environment: Environment
  readonly randomBytes: RandomBytes
}): string {
  const entropy = randomBase62(CLIENT_ID_LENGTH, input.randomBytes)
  return `${CLIENT_ID_PREFIX}_${formatEnvironment(input.environment)}_${entropy}`
}

/** Parses a client ID. Returns `undefined` for an invalid form. */
export function parseClientId(text: string): { readonly environment: Environment } | undefined {
  const word = CLIENT_ID.exec(text)?.[1]
  return word === undefined ? undefined : { environment: parseEnvironment(word) }
}

function matchSecret(text: string): (SecretParts & { readonly entropy: string }) | undefined {
  if (text.length > SECRET_LENGTH_MAX) return undefined
  const match = SECRET.exec(text)
  if (match === null) return undefined
  const [, prefix = '', word = '', entropy = ''] = match
  return { prefix, environment: parseEnvironment(word), entropy }
}

function formatEnvironment(environment: Environment): 'live' | 'test' {
  return environment === 'production' ? 'live' : 'test'
}

function parseEnvironment(word: string): Environment {
  return word === 'live' ? 'production' : 'test'
}

/** Discards bytes above 247: 248 = 4 × 62 byte values give every character the same probability. */
function randomBase62(length: number, randomBytes: RandomBytes): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      if (byte < 248) text += ALPHABET.charAt(byte % 62)
    }
  }
  return text
}

function checksumOf(ascii: string): string {
  let rest = crc32(ascii)
  let text = ''
  for (let digit = 0; digit < CHECKSUM_LENGTH; digit += 1) {
    text = ALPHABET.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}

/** CRC-32/ISO-HDLC with the reflected polynomial 0xEDB88320. */
function crc32(ascii: string): number {
  let crc = 0xffff_ffff
  for (let index = 0; index < ascii.length; index += 1) {
    crc = (CRC32_TABLE[(crc ^ ascii.charCodeAt(index)) & 0xff] ?? 0) ^ (crc >>> 8)
  }
  return (crc ^ 0xffff_ffff) >>> 0
}

function buildCrc32Table(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1
    return crc
  })
}
