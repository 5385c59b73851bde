import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/** Counts the HMACs that this process computes. */
export type HmacCounter = {
  /** The HMACs since the start or the last `clear`. */
  readonly count: () => number
  readonly clear: () => void
  readonly stop: () => void
}

/** Starts counting the HMACs of this process. */
export function countHmacs(): HmacCounter {
  const { createHmac } = crypto
  let count = 0
  const put = (createDigest: typeof createHmac): void => {
    Object.assign(crypto, { createHmac: createDigest })
    syncBuiltinESMExports()
  }
  put((...parts) => {
    count += 1
    return createHmac(...parts)
  })
  return {
    count: () => count,
    clear: () => {
      count = 0
    },
    stop: () => put(createHmac),
  }
}
