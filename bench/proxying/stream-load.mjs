// The load generator of the stream benchmarks. Reads one job from standard input and writes its result to standard
// output. Each MiB counts as a response, and each received byte is compared with the sent one.
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { cpuMicroseconds } from '../harness/process-figures.mjs'
import { median } from '../harness/statistics.mjs'
import { createHeadReader } from './head-reader.mjs'
import {
  createRateLimiter,
  isPartOfStream,
  STREAM_BYTES,
  STREAM_MEBIBYTES,
  writeStream,
} from './payloads.mjs'

/**
 * @typedef {import('./scenarios.mjs').Flow & {
 *   pid: number, port: number, warmUpStreams: number, streams: number,
 * }} StreamJob
 */

/** @typedef {import('node:net').Socket} Socket */

/** @type {StreamJob} */
const job = JSON.parse(await text(process.stdin))
process.stdout.write(`${JSON.stringify(await measure(job))}\n`)

/**
 * @param {StreamJob} given
 * @returns {Promise<import('../harness/load.mjs').Measurement>}
 */
async function measure(given) {
  const { pid, port, warmUpStreams, streams } = given
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const flow = given.direction === 'down' ? receive : send
  for (let stream = 0; stream < warmUpStreams; stream += 1) await flow(socket, given)
  const times = []
  const cpuBefore = cpuMicroseconds(pid)
  for (let stream = 0; stream < streams; stream += 1) {
    const startedAt = performance.now()
    await flow(socket, given)
    times.push(performance.now() - startedAt)
  }
  const used = cpuMicroseconds(pid) - cpuBefore
  socket.destroy()
  return {
    responseCount: streams * STREAM_MEBIBYTES,
    seconds: times.reduce((sum, time) => sum + time, 0) / 1_000,
    cpuMicroseconds: used,
    p50Ms: median(times),
    p99Ms: Math.max(...times),
  }
}

/**
 * @param {Socket} socket
 * @param {StreamJob} given
 */
async function receive(socket, { head, isSlowReader }) {
  const limitRate = isSlowReader ? createRateLimiter(socket) : undefined
  let length = 0
  const response = readResponse(socket, (chunk) => {
    if (!isPartOfStream(chunk, length)) throw new Error(`The stream differs after byte ${length}`)
    length += chunk.length
    limitRate?.(length)
  })
  socket.write(head, 'latin1')
  await response
  if (length !== STREAM_BYTES) throw new Error(`Unexpected stream length: ${length} bytes`)
}

/**
 * @param {Socket} socket
 * @param {StreamJob} given
 */
async function send(socket, { head }) {
  let body = ''
  const response = readResponse(socket, (chunk) => {
    body += chunk.toString('latin1')
  })
  socket.write(head, 'latin1')
  writeStream(socket)
  await response
  if (body !== `${STREAM_BYTES} bytes`)
    throw new Error(`Unexpected response of the upstream: ${body}`)
}

/**
 * Reads one response, which must be 200 with a Content-Length.
 *
 * @param {Socket} socket
 * @param {(chunk: Buffer) => void} onBody
 * @returns {Promise<void>}
 */
function readResponse(socket, onBody) {
  const readHead = createHeadReader()
  let left = -1
  return new Promise((resolve, reject) => {
    const fail = (/** @type {Error | boolean} */ error) =>
      reject(error instanceof Error ? error : new Error('The server closed the connection.'))
    const take = (/** @type {Buffer} */ chunk) => {
      const read = left < 0 ? readHead(chunk) : { rest: chunk }
      if (read === undefined) return
      try {
        if (read.head !== undefined) left = lengthOf(read.head)
        left -= read.rest.length
        onBody(read.rest)
      } catch (error) {
        return fail(error)
      }
      if (left > 0) return
      socket.off('data', take).off('error', fail).off('close', fail)
      resolve()
    }
    socket.on('data', take).on('error', fail).on('close', fail)
  })
}

/** @param {string} head */
function lengthOf(head) {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) throw new Error(head)
  return Number(length)
}
