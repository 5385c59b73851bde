import { type Argon2Parameters, argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { AppError } from '../../kernel/app-error.ts'
import type { Random } from '../../platform/random.ts'
import { createSemaphore } from './semaphore.ts'

const derive = promisify(argon2)

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const SALT_BYTES = 16
const TAG_BYTES = 32

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** A hash that no password has: verifying against it costs what a real one costs. */
const DUMMY_HASH = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${'A'.repeat(22)}$${'A'.repeat(43)}`

// Hashing runs on the threads that the whole process shares, and each takes 19 MiB: two at a time leave
// the others room, and those who would wait for long are turned away.
const CONCURRENT_HASHES_MAX = 2
const QUEUED_HASHES_MAX = 100
const semaphore = createSemaphore(CONCURRENT_HASHES_MAX, QUEUED_HASHES_MAX)

/**
 * Hashes a password: argon2id over its NFC form, as a PHC string. Off the event loop; nothing is cut off.
 *
 * @throws {AppError} `rate_limited` when too many passwords wait to be hashed
 * @see RFC 9106 §4
 */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random(SALT_BYTES)
  const tag = await run({
    message: password.normalize('NFC'),
    nonce: salt,
    memory: MEMORY_KIB,
    passes: PASSES,
    parallelism: LANES,
    tagLength: TAG_BYTES,
  })
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${encode(salt)}$${encode(tag)}`
}

/**
 * Whether a password is the one that was hashed. Without a hash the answer is no, after the same work.
 *
 * @throws {AppError} `rate_limited` when too many passwords wait to be hashed
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const [, memory, passes, lanes, salt = '', tag = ''] = PHC.exec(hash ?? DUMMY_HASH) ?? []
  if (tag === '') throw new TypeError('A stored password hash does not parse')
  const expected = Buffer.from(tag, 'base64')
  const found = await run({
    message: password.normalize('NFC'),
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(lanes),
    tagLength: expected.length,
  })
  return timingSafeEqual(found, expected) && hash !== null
}

async function run(parameters: Argon2Parameters): Promise<Buffer> {
  const outcome = await semaphore(async () => derive('argon2id', parameters))
  if (outcome.entered) return outcome.result
  throw new AppError('rate_limited', {
    detail: 'Too many people are signing in at this moment. Try again.',
    retryAfterSeconds: 1,
  })
}

/** PHC strings use base64 without padding. */
function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
