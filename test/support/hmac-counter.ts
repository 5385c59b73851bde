import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/** How many keyed digests this process has made. */
export type HmacCounter = {
  /** Since the watch began or was cleared. */
  readonly count: () => number
  readonly clear: () => void
  readonly stop: () => void
}

/** Counts the keyed digests of this process, and lets them be made. */
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
