import { type Argon2Parameters, argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { AppError } from '../../kernel/app-error.ts'
import type { Random } from '../../platform/random.ts'
import { createSemaphore } from './semaphore.ts'

const derive = promisify(argon2)

// OWASP's recommended minimum for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const SALT_BYTES = 16
const TAG_BYTES = 32

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** Matches no password. Verifying against it takes as long as against a real hash. */
const DUMMY_HASH = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${'A'.repeat(22)}$${'A'.repeat(43)}`

// Hashing runs in the shared thread pool, and each hash takes 19 MiB. Two concurrent hashes leave threads
// for other work; a full queue rejects further requests.
const CONCURRENT_HASHES_MAX = 2
const QUEUED_HASHES_MAX = 100
const semaphore = createSemaphore(CONCURRENT_HASHES_MAX, QUEUED_HASHES_MAX)

/**
 * Returns the argon2id hash of the password's NFC form as a PHC string. Runs off the event loop, and does
 * not truncate the password.
 *
 * @throws {AppError} `rate_limited` when the queue is full
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
 * Returns whether a password matches a hash. A null hash returns false after the same work.
 *
 * @throws {AppError} `rate_limited` when the queue is full
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
  if (outcome.acquired) return outcome.result
  throw new AppError('rate_limited', {
    detail: 'Too many passwords are being checked. Try again in a second.',
    retryAfterSeconds: 1,
  })
}

/** Returns base64 without padding, as PHC strings require. */
function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
