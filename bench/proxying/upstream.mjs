// The upstream. It shares its core with the load generator and therefore does the minimum: no HTTP server,
// prepared responses, and only those checks of a request that detect errors of a proxy.
import { createServer } from 'node:net'
import { createHeadReader } from './head-reader.mjs'
import {
  createRateLimiter,
  isPartOfStream,
  SMALL_BODY,
  STREAM_BYTES,
  UPSTREAM_AUTHORIZATION,
  writeStream,
} from './payloads.mjs'

/** @typedef {(chunk: Buffer) => boolean} TakeBody returns whether the body is complete */

const CALLERS_SECRET = 'kp_live_'
const date = new Date().toUTCString()
const small = toResponse('200 OK', SMALL_BODY)
const streamHead = head('200 OK', 'application/octet-stream', STREAM_BYTES)

/** @type {Record<string, (socket: import('node:net').Socket) => TakeBody | undefined>} */
const routes = {
  'GET /small': (socket) => void socket.write(small),
  'GET /down': (socket) => {
    socket.write(streamHead, 'latin1')
    writeStream(socket)
  },
  'POST /up': (socket) => takeStream(socket),
  'POST /slow-up': (socket) => takeStream(socket, createRateLimiter(socket)),
}

const server = createServer({ noDelay: true }, (socket) => {
  const readHead = createHeadReader()
  /** @type {TakeBody | undefined} */
  let takeBody
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    if (takeBody === undefined) {
      const read = readHead(chunk)
      if (read !== undefined) takeBody = respond(socket, read)
    } else if (takeBody(chunk)) takeBody = undefined
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`)
})
process.once('SIGTERM', () => process.exit(0))

/**
 * @param {import('node:net').Socket} socket
 * @param {{ head: string, rest: Buffer }} request
 */
function respond(socket, { head: request, rest }) {
  const route = routes[request.slice(0, request.indexOf(' HTTP/1.1\r\n'))]
  const isExpected = request.includes(UPSTREAM_AUTHORIZATION) && !request.includes(CALLERS_SECRET)
  if (route === undefined || !isExpected)
    return void socket.end(toResponse('400 Bad Request', request))
  const takeBody = route(socket)
  return takeBody === undefined || takeBody(rest) ? undefined : takeBody
}

/**
 * @param {import('node:net').Socket} socket
 * @param {(bytesRead: number) => void} [limitRate]
 * @returns {TakeBody}
 */
function takeStream(socket, limitRate) {
  let length = 0
  return (chunk) => {
    if (!isPartOfStream(chunk, length)) {
      socket.end(toResponse('422 Unprocessable Content', `The stream differs after byte ${length}`))
    }
    length += chunk.length
    limitRate?.(length)
    if (length < STREAM_BYTES) return false
    socket.write(toResponse('200 OK', `${length} bytes`))
    return true
  }
}

/**
 * @param {string} status
 * @param {string} body ASCII
 */
function toResponse(status, body) {
  return Buffer.from(head(status, 'application/json', body.length) + body, 'latin1')
}

/**
 * @param {string} status
 * @param {string} type
 * @param {number} length
 */
function head(status, type, length) {
  const lines = [
    `HTTP/1.1 ${status}`,
    `Content-Type: ${type}`,
    `Content-Length: ${length}`,
    `Date: ${date}`,
    'Connection: keep-alive',
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}
