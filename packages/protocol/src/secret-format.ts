/** Our secrets' text form: prefix, environment, 256 bits of entropy, checksum last. */
import { ID_KINDS } from './ids.ts'

/** Where a credential works; written `live` and `test` within secrets and client ids. */
export type Environment = 'production' | 'test'

/** A source of random bytes: answers as many as it is asked for. */
export type RandomBytes = (length: number) => Uint8Array

/** What a well-formed secret says about itself. */
export type SecretParts = { readonly prefix: string; readonly environment: Environment }

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 62^43 > 2^256. */
const ENTROPY_LENGTH = 43
/** 62^6 > 2^32: `4gfFC3`, the largest checksum, fits. */
const CHECKSUM_LENGTH = 6
const CLIENT_ID_LENGTH = 20
const HINT_LENGTH = 4

const CLIENT_ID_PREFIX = 'kpc'
const SECRET_LENGTH_MAX = 16 + '_live_'.length + ENTROPY_LENGTH + CHECKSUM_LENGTH

const PREFIX = /^[a-z][a-z0-9]{1,15}$/
const SECRET = /^([a-z][a-z0-9]{1,15})_(live|test)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/
const CLIENT_ID = /^kpc_(live|test)_[0-9A-Za-z]{20}$/

/** A secret never shares a prefix with something that is safe to log. */
const HANDLE_PREFIXES: ReadonlySet<string> = new Set([CLIENT_ID_PREFIX, ...ID_KINDS])

const CRC_TABLE = crcTable()

/**
 * The source of a regular expression that finds our secrets within a longer text, whatever their
 * prefix, for redaction (flag `g`). It also finds secrets cut short down to 32 characters of
 * entropy, such with a tail and such that follow each other without a gap, and lets client ids
 * pass. It cannot backtrack beyond 16 characters.
 */
export const SECRET_PATTERN = '(?:[a-z][a-z0-9]{1,15})?_(?:live|test)_[0-9A-Za-z]{32,}'

/**
 * Whether a company may use this prefix for its secrets: two to sixteen of `[a-z0-9]`, a letter
 * first, and not the prefix of a client id or of any other identifier.
 */
export function isSecretPrefix(text: string): boolean {
  return PREFIX.test(text) && !HANDLE_PREFIXES.has(text)
}

/**
 * A new secret `<prefix>_<live|test>_` + 43 characters of `0-9A-Za-z`, each drawn uniformly
 * (256 bits together), + 6 of checksum: CRC-32 (ISO-HDLC) of everything before it, base62.
 *
 * @throws {TypeError} when the prefix is not one that `isSecretPrefix` allows
 * @example generateSecret({ prefix: 'kp', environment: 'production', randomBytes })
 */
export function generateSecret(input: {
  readonly prefix: string
  readonly environment: Environment
  readonly randomBytes: RandomBytes
}): string {
  if (!isSecretPrefix(input.prefix)) throw new TypeError('This is no prefix for secrets.')
  const entropy = drawBase62(ENTROPY_LENGTH, input.randomBytes)
  const body = `${input.prefix}_${writeEnvironment(input.environment)}_${entropy}`
  return body + checksumOf(body)
}

/**
 * What a secret says about itself, or `undefined` when its form or its checksum is wrong, so that
 * typing errors and rubbish are refused without looking anything up. The checksum proves nothing.
 */
export function parseSecret(text: string): SecretParts | undefined {
  const match = matchSecret(text)
  if (match === undefined) return undefined
  const bodyLength = text.length - CHECKSUM_LENGTH
  if (checksumOf(text.slice(0, bodyLength)) !== text.slice(bodyLength)) return undefined
  return { prefix: match.prefix, environment: match.environment }
}

/**
 * What may be shown of a secret for good: prefix, environment, the first four of its 43 characters
 * (24 of 256 bits) and `…`. Of anything that has not a secret's form, only `…`.
 *
 * @example secretHint(secret) // 'kp_live_9aXq…'
 */
export function secretHint(secret: string): string {
  const match = matchSecret(secret)
  if (match === undefined) return '…'
  const environment = writeEnvironment(match.environment)
  return `${match.prefix}_${environment}_${match.entropy.slice(0, HINT_LENGTH)}…`
}

/**
 * Whether a text, as a whole, has the form of one of our secrets, whatever its checksum: the cheap
 * question of a redactor.
 */
export function looksLikeSecret(text: string): boolean {
  return matchSecret(text) !== undefined
}

/**
 * A new client id `kpc_<live|test>_` + 20 characters of `0-9A-Za-z` (119 bits). Letters, digits and
 * `_` alone survive every OAuth client's way of encoding.
 *
 * @see RFC 6749 §2.3.1
 */
export function generateClientId(input: {
  readonly environment: Environment
  readonly randomBytes: RandomBytes
}): string {
  const entropy = drawBase62(CLIENT_ID_LENGTH, input.randomBytes)
  return `${CLIENT_ID_PREFIX}_${writeEnvironment(input.environment)}_${entropy}`
}

/** What a client id says about itself, or `undefined` when it has not the form of one. */
export function parseClientId(text: string): { readonly environment: Environment } | undefined {
  const word = CLIENT_ID.exec(text)?.[1]
  return word === undefined ? undefined : { environment: readEnvironment(word) }
}

function matchSecret(text: string): (SecretParts & { readonly entropy: string }) | undefined {
  if (text.length > SECRET_LENGTH_MAX) return undefined
  const match = SECRET.exec(text)
  if (match === null) return undefined
  const [, prefix = '', word = '', entropy = ''] = match
  return { prefix, environment: readEnvironment(word), entropy }
}

function writeEnvironment(environment: Environment): 'live' | 'test' {
  return environment === 'production' ? 'live' : 'test'
}

function readEnvironment(word: string): Environment {
  return word === 'live' ? 'production' : 'test'
}

/** Of 256 byte values the last eight are thrown away: 248 = 4 × 62 leave every character equal. */
function drawBase62(length: number, randomBytes: RandomBytes): string {
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

/** CRC-32/ISO-HDLC, as in zip and Ethernet: reflected polynomial 0xEDB88320. */
function crc32(ascii: string): number {
  let crc = 0xffff_ffff
  for (let index = 0; index < ascii.length; index += 1) {
    crc = (CRC_TABLE[(crc ^ ascii.charCodeAt(index)) & 0xff] ?? 0) ^ (crc >>> 8)
  }
  return (crc ^ 0xffff_ffff) >>> 0
}

function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1
    return crc
  })
}
