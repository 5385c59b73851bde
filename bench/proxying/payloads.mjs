// The bodies that pass through each proxy, and the credential that the upstream requires.
import { createHash } from 'node:crypto'

const MEBIBYTE = 1_048_576

export const STREAM_MEBIBYTES = 100
export const STREAM_BYTES = STREAM_MEBIBYTES * MEBIBYTE
/** Average bytes per second of a slow reader. */
const SLOW_BYTES_PER_SECOND = 25 * MEBIBYTE

/** The upstream's credential, which each proxy adds. Callers do not have it. */
export const UPSTREAM_TOKEN = 'up_Zk3vQ9sTn2LxR7cW5hYb8MdE4gJa6PuF'
export const UPSTREAM_AUTHORIZATION = `Bearer ${UPSTREAM_TOKEN}`

/** The response to a small GET: JSON of 1 KiB. */
export const SMALL_BODY = JSON.stringify({
  from: 'the upstream',
  text: createHash('shake256', { outputLength: 495 }).update('text').digest('hex').slice(0, 989),
})

/** A stream repeats this MiB of random bytes, which resembles compressed data. */
const block = createHash('shake256', { outputLength: MEBIBYTE }).update('block').digest()
const twice = Buffer.concat([block, block])

/**
 * Returns whether a chunk equals the stream at this position.
 *
 * @param {Buffer} chunk of at most a MiB
 * @param {number} position
 */
export function isPartOfStream(chunk, position) {
  const start = position % MEBIBYTE
  return twice.compare(chunk, 0, chunk.length, start, start + chunk.length) === 0
}

/**
 * Writes the stream to a socket with back-pressure.
 *
 * @param {import('node:net').Socket} socket
 */
export function writeStream(socket) {
  let left = STREAM_MEBIBYTES
  const write = () => {
    while (left > 0) {
      left -= 1
      if (!socket.write(block) && left > 0) return void socket.once('drain', write)
    }
  }
  write()
}

/**
 * Limits the reading rate: pauses the socket when more bytes arrived than the rate permits.
 *
 * @param {import('node:net').Socket} socket
 * @returns {(bytesRead: number) => void} the function receives the number of bytes read so far
 */
export function createRateLimiter(socket) {
  const startedAt = performance.now()
  return (bytesRead) => {
    const earlyMs = (bytesRead / SLOW_BYTES_PER_SECOND) * 1_000 - (performance.now() - startedAt)
    if (earlyMs < 1 || bytesRead >= STREAM_BYTES) return
    socket.pause()
    setTimeout(() => socket.resume(), earlyMs)
  }
}
