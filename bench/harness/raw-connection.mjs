// A keep-alive connection with far less overhead than the server's, so that one core of load saturates one
// core of the server.
import { connect } from 'node:net'

/** @typedef {{ status: number, body: string }} RawResponse */

/**
 * Sends requests one after the other, each after the complete response to the previous one.
 *
 * @param {{
 *   port: number,
 *   next: () => string | undefined,
 *   onResponse: (response: RawResponse, milliseconds: number) => void,
 * }} options `next` returns undefined to close the connection
 * @returns {Promise<void>} fulfilled when closed, rejected when the server closes it or violates HTTP
 */
export function runConnection({ port, next, onResponse }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.setEncoding('latin1')
    let pending = ''
    let sentAt = 0
    const send = () => {
      const request = next()
      if (request === undefined) return void socket.end(resolve)
      sentAt = performance.now()
      socket.write(request, 'latin1')
    }
    socket.once('connect', send)
    socket.on('data', (chunk) => {
      pending = pending === '' ? String(chunk) : pending + String(chunk)
      const response = parseResponse(pending)
      if (response === undefined) return
      pending = ''
      onResponse(response, performance.now() - sentAt)
      send()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('The server closed the connection.')))
  })
}

/**
 * @param {string} text
 * @returns {RawResponse | undefined} undefined while incomplete
 */
function parseResponse(text) {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
  if (length === undefined) throw new Error(`Response without Content-Length:\n${text}`)
  const end = headEnd + 4 + Number(length)
  if (text.length < end) return undefined
  return { status: Number(text.slice(9, 12)), body: text.slice(headEnd + 4, end) }
}
