import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** Limits of {@link closeSlowBodies}. */
export type SlowBodyBounds = {
  /** The time to receive a small body, after the request head. */
  readonly timeoutMs: number
  readonly checkEveryMs: number
  readonly smallBytesMax: number
  /** The same for a larger body; for a streamed body, the longest pause. */
  readonly largeTimeoutMs: number
}

type PendingBody = {
  readonly request: IncomingMessage
  readonly timeoutMs: number
  /** Streamed bodies have no total timeout: their receiver determines the speed. */
  readonly isStreamed: boolean
  sinceCheck: number
  bytesRead: number
}

/** The body limit of routes that stream bodies without storing them. */
export const STREAMED_BODY_LIMIT = Number.MAX_SAFE_INTEGER

/**
 * Closes connections whose request body does not arrive in time. Small bodies have a short timeout, large documents a
 * longer one, and streamed bodies only a limit for pauses. All requests share one timer.
 */
export function closeSlowBodies(
  app: FastifyInstance,
  { timeoutMs, checkEveryMs, smallBytesMax, largeTimeoutMs }: SlowBodyBounds,
): void {
  const reading = new Map<Socket, PendingBody>()
  let check = 0
  app.addHook('onRequest', ({ raw, routeOptions }, _reply, done) => {
    const hasBody =
      raw.headers['content-length'] !== undefined || raw.headers['transfer-encoding'] !== undefined
    const limit = routeOptions.bodyLimit ?? 0
    if (hasBody) {
      reading.set(raw.socket, {
        request: raw,
        timeoutMs: limit <= smallBytesMax ? timeoutMs : largeTimeoutMs,
        isStreamed: limit === STREAMED_BODY_LIMIT,
        sinceCheck: check,
        bytesRead: raw.socket.bytesRead,
      })
    } else reading.delete(raw.socket)
    done()
  })
  const timer = setInterval(() => {
    check += 1
    for (const [socket, one] of reading) {
      if (one.isStreamed && socket.bytesRead !== one.bytesRead) {
        one.bytesRead = socket.bytesRead
        one.sinceCheck = check
      }
      if (one.request.complete || socket.destroyed) reading.delete(socket)
      else if ((check - one.sinceCheck) * checkEveryMs > one.timeoutMs) closeWithTimeout(socket)
    }
  }, checkEveryMs)
  timer.unref()
  app.addHook('onClose', (_instance, done) => {
    clearInterval(timer)
    done()
  })
}

function closeWithTimeout(socket: Socket): void {
  const text = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
  socket.end(text, () => socket.destroy())
}
