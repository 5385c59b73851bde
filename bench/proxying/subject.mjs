// What is asked through every proxy, what the other side wants to see, and what it answers.
import { createHash } from 'node:crypto'

const MEBIBYTE = 1_048_576

export const STREAM_MEBIBYTES = 100
export const STREAM_BYTES = STREAM_MEBIBYTES * MEBIBYTE
/** What a side that is slow takes in a second, on average. */
const SLOW_BYTES_PER_SECOND = 25 * MEBIBYTE

/** What signs in at the other side: every proxy puts it in, and nobody else knows it. */
export const UPSTREAM_TOKEN = 'up_Zk3vQ9sTn2LxR7cW5hYb8MdE4gJa6PuF'
export const UPSTREAM_AUTHORIZATION = `Bearer ${UPSTREAM_TOKEN}`

/** The answer to a small GET: JSON of 1 KiB. */
export const SMALL_BODY = JSON.stringify({
  from: 'the other side',
  text: createHash('shake256', { outputLength: 495 }).update('text').digest('hex').slice(0, 989),
})

/** A stream is this MiB again and again: bytes of chance, as of something compressed. */
const block = createHash('shake256', { outputLength: MEBIBYTE }).update('block').digest()
const twice = Buffer.concat([block, block])

/**
 * Whether a piece is what stands at this place of a stream.
 *
 * @param {Buffer} piece of at most a MiB
 * @param {number} position
 */
export function isPieceOfStream(piece, position) {
  const start = position % MEBIBYTE
  return twice.compare(piece, 0, piece.length, start, start + piece.length) === 0
}

/**
 * Writes the stream to a socket, as fast as it is taken.
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
 * Reads no faster than that: whenever more has come than there was time for, it stops reading.
 *
 * @param {import('node:net').Socket} socket
 * @returns {(bytesRead: number) => void} to be told how much of the stream has come
 */
export function createBrake(socket) {
  const startedAt = performance.now()
  return (bytesRead) => {
    const earlyMs = (bytesRead / SLOW_BYTES_PER_SECOND) * 1_000 - (performance.now() - startedAt)
    if (earlyMs < 1 || bytesRead >= STREAM_BYTES) return
    socket.pause()
    setTimeout(() => socket.resume(), earlyMs)
  }
}
