import { randomBytes, randomFillSync } from 'node:crypto'

/** A cryptographically secure source of random bytes. */
export type Random = (byteCount: number) => Uint8Array

/** A number from 0 (included) to 1 (excluded), with 32 random bits. */
export function randomFraction(random: Random): number {
  const bytes = random(4)
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32
}

const POOL_BYTES = 4_096
const pool = new Uint8Array(POOL_BYTES)
let used = POOL_BYTES

/** The operating system's source. */
export const systemRandom: Random = (byteCount) => randomBytes(byteCount)

/**
 * The same source, drawn in pools: a tenth of the cost for small draws. For identifiers alone (ids,
 * `jti`): the pool stays in memory until it is used up, which does not suit secrets.
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
