import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { releaseOnceWritten } from '../outbound/buffer-release.ts'
import type { Log } from '../platform/log.ts'
import type { ProxyAnswer, ProxyAnswerBody } from '../stored/calls/index.ts'
import { securityHeaders } from './security-headers.ts'

/** Sends on what another side answered. */
export type SendProxied = (reply: FastifyReply, answer: ProxyAnswer) => void

/**
 * What a browser is told of every answer of another side, whoever opens it: it is no page of ours, runs nothing, and
 * speaks to nobody.
 */
const SANDBOX =
  "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * Makes the sender of the other sides' answers. Bodies flow as fast as the caller reads them; when it hangs up the
 * call ends, and when the other side does the caller's connection breaks, so that half an answer is never taken for
 * a whole one.
 */
export function prepareProxied({
  publicUrl,
  log,
}: {
  readonly publicUrl: string
  readonly log: Log
}): SendProxied {
  const ours = Object.entries({
    ...securityHeaders(publicUrl),
    'content-security-policy': SANDBOX,
    // No other side can say so of itself, and no refusal of ours does: a caller can tell whose answer it is.
    'keyporter-answer': 'upstream',
  }).flat()
  return (reply, answer) => {
    const { raw, request } = reply
    const { status, headers, body } = answer
    reply.hijack()
    // RFC 9110 §8.6: 204 has no length.
    const passed = status === 204 ? headers.filter(([name]) => !isLength(name)) : headers
    raw.writeHead(status, [...passed.flat(), ...ours, 'x-request-id', request.id])
    if (body.kind === 'whole') return sendWhole(body.bytes, raw)
    const { stream } = body
    stream.once('error', () => {
      if (!raw.destroyed) log.warn('call broke off', { requestId: request.id })
      raw.destroy()
    })
    raw.once('close', () => stream.destroy())
    pass(body, raw)
  }
}

/** Together with the head: a text of Latin-1 goes in one piece with it, where bytes would be a second one. */
function sendWhole(bytes: Buffer, raw: ServerResponse): void {
  if (bytes.length === 0) raw.end()
  else raw.end(bytes.toString('latin1'), 'latin1')
}

type Flowing = Extract<ProxyAnswerBody, { kind: 'flowing' }>

function pass({ stream, mask }: Flowing, raw: ServerResponse): void {
  let isBegun = false
  // The head goes with the first piece, unless that lets itself be waited for.
  setImmediate(() => {
    if (!isBegun && !raw.destroyed) raw.flushHeaders()
  })
  stream.on('data', (piece: Buffer) => {
    isBegun = true
    const shown = mask === undefined ? piece : mask.push(piece)
    if (shown.length > 0 && !raw.write(shown, releaseOnceWritten(shown))) stream.pause()
  })
  raw.on('drain', () => stream.resume())
  stream.once('end', () => {
    isBegun = true
    const rest = mask?.end()
    if (rest === undefined || rest.length === 0) raw.end()
    else raw.end(rest)
  })
}

function isLength(name: string): boolean {
  return name.toLowerCase() === 'content-length'
}
