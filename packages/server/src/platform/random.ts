import { randomBytes, randomFillSync } from 'node:crypto'

/** A cryptographically secure source of random bytes. */
export type Random = (byteCount: number) => Uint8Array

/** Returns a number in [0, 1) with 32 random bits. */
export function randomFraction(random: Random): number {
  const bytes = random(4)
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32
}

const POOL_BYTES = 4_096
const pool = new Uint8Array(POOL_BYTES)
let used = POOL_BYTES

/** Random bytes of the operating system. */
export const systemRandom: Random = (byteCount) => randomBytes(byteCount)

/**
 * Random bytes of the operating system, buffered: a tenth of the cost for small requests. Only for
 * identifiers (ids, `jti`): unused bytes stay in memory, which is not acceptable for secrets.
 */
export const pooledRandom: Random = (byteCount) => {
  if (byteCount > POOL_BYTES) return randomBytes(byteCount)
  if (used + byteCount > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  const drawn = pool.slice(used, used + byteCount)
  used += byteCount
  return drawn
}
