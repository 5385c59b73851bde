import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { releaseOnceWritten } from '../outbound/buffer-release.ts'
import type { Log } from '../platform/log.ts'
import type { ProxyResponse, ProxyResponseBody } from '../stored/calls/index.ts'
import { securityHeaders } from './security-headers.ts'

/** Sends the response of an upstream to the caller. */
export type SendProxyResponse = (reply: FastifyReply, response: ProxyResponse) => void

/**
 * A browser that opens an upstream's response must not run it in Keyporter's origin: no scripts, no requests, an opaque
 * origin.
 */
const SANDBOX =
  "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * Creates the sender of upstream responses. Bodies are streamed with backpressure. If the caller disconnects, the
 * upstream call is aborted. If the upstream disconnects, the caller's connection is destroyed, so that a truncated
 * response cannot be mistaken for a complete one.
 */
export function prepareProxyResponse({
  publicUrl,
  log,
}: {
  readonly publicUrl: string
  readonly log: Log
}): SendProxyResponse {
  const ownHeaders = Object.entries({
    ...securityHeaders(publicUrl),
    'content-security-policy': SANDBOX,
    // Only responses of an upstream have this header: callers can tell them from Keyporter's own errors.
    'keyporter-response-source': 'upstream',
  }).flat()
  return (reply, response) => {
    const { raw, request } = reply
    const { status, headers, body } = response
    reply.hijack()
    // RFC 9110 §8.6: a 204 response must not have Content-Length.
    const upstreamHeaders =
      status === 204 ? headers.filter(([name]) => !isContentLength(name)) : headers
    raw.writeHead(status, [...upstreamHeaders.flat(), ...ownHeaders, 'x-request-id', request.id])
    if (body.kind === 'buffered') return sendBuffered(body.bytes, raw)
    const { stream } = body
    stream.once('error', () => {
      if (!raw.destroyed) log.warn('call aborted', { requestId: request.id })
      raw.destroy()
    })
    raw.once('close', () => stream.destroy())
    pipeBody(body, raw)
  }
}

/** As a Latin-1 string Node writes the body in one packet with the head; a buffer would be a second write. */
function sendBuffered(bytes: Buffer, raw: ServerResponse): void {
  if (bytes.length === 0) raw.end()
  else raw.end(bytes.toString('latin1'), 'latin1')
}

type StreamedBody = Extract<ProxyResponseBody, { kind: 'stream' }>

function pipeBody({ stream, redactor }: StreamedBody, raw: ServerResponse): void {
  let hasStarted = false
  // Send the head with the first chunk, or alone if no chunk arrives in this turn of the event loop.
  setImmediate(() => {
    if (!hasStarted && !raw.destroyed) raw.flushHeaders()
  })
  stream.on('data', (chunk: Buffer) => {
    hasStarted = true
    const redacted = redactor === undefined ? chunk : redactor.push(chunk)
    if (redacted.length > 0 && !raw.write(redacted, releaseOnceWritten(redacted))) stream.pause()
  })
  raw.on('drain', () => stream.resume())
  stream.once('end', () => {
    hasStarted = true
    const rest = redactor?.end()
    if (rest === undefined || rest.length === 0) raw.end()
    else raw.end(rest)
  })
}

function isContentLength(name: string): boolean {
  return name.toLowerCase() === 'content-length'
}
