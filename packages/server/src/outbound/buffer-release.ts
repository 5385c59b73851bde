/**
 * Gives the memory of pieces of bodies back as soon as they are written. What lies outside the heap is else only freed
 * by the collector, which it wakes every few dozen MiB: while a large body passed by, that was half of all the work, and
 * most of the memory.
 */
import { getDefaultHighWaterMark, type Readable } from 'node:stream'

/** What is smaller is not worth the trouble, and often shares its memory. */
const PIECE_BYTES_MIN = 4_096

/** Of a piece that nobody else holds; what shares its memory (small ones, parts) is left alone. */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

/** For a piece that is written by us: what a stream's `write` is to be given as its callback. */
export function releaseOnceWritten(piece: Uint8Array): (error?: Error | null) => void {
  return (error) => {
    // After a fault it may still be on its way.
    if (error === undefined || error === null) release(piece)
  }
}

/**
 * For the pieces of a body that somebody else writes to a socket as they come, and who pauses the body whenever the
 * socket's buffer is full, until it is empty. So when a piece comes, less than a buffer of those before it is unwritten:
 * whatever lies further behind has gone. Nobody else may hold the pieces.
 */
export function releaseBehind(body: Readable): void {
  const bufferBytes = getDefaultHighWaterMark(false)
  const behind: Uint8Array[] = []
  let bytesBehind = 0
  body.on('data', (piece: Uint8Array) => {
    if (piece.length < PIECE_BYTES_MIN) return
    for (let [oldest] = behind; oldest !== undefined; [oldest] = behind) {
      if (bytesBehind - oldest.length < bufferBytes) break
      behind.shift()
      bytesBehind -= oldest.length
      release(oldest)
    }
    behind.push(piece)
    bytesBehind += piece.length
  })
}
