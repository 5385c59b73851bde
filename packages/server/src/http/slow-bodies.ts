import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** Bounds of {@link closeSlowBodies}. */
export type SlowBodyBounds = {
  /** For a small body, from its head to its end. */
  readonly timeoutMs: number
  readonly checkEveryMs: number
  readonly smallBytesMax: number
  /** The same for a larger one; and for how long a body that passes by may stand still. */
  readonly largeTimeoutMs: number
}

type Reading = {
  readonly request: IncomingMessage
  readonly timeoutMs: number
  /** It passes by, and takes as long as whoever gets it. */
  readonly flows: boolean
  sinceCheck: number
  bytesRead: number
}

/** Of a route: its bodies pass by, and nothing of them is kept. */
export const FLOWING = Number.MAX_SAFE_INTEGER

/**
 * Closes connections on which a body does not arrive in time: a form or a credential takes no ten seconds, while a
 * document of 20 MB over a slow line may, and one that is passed on may take as long as it moves. Costs a request
 * with a body one entry in a table, and no timer of its own.
 */
export function closeSlowBodies(
  app: FastifyInstance,
  { timeoutMs, checkEveryMs, smallBytesMax, largeTimeoutMs }: SlowBodyBounds,
): void {
  const reading = new Map<Socket, Reading>()
  let check = 0
  app.addHook('onRequest', ({ raw, routeOptions }, _reply, done) => {
    const hasBody =
      raw.headers['content-length'] !== undefined || raw.headers['transfer-encoding'] !== undefined
    const limit = routeOptions.bodyLimit ?? 0
    if (hasBody) {
      reading.set(raw.socket, {
        request: raw,
        timeoutMs: limit <= smallBytesMax ? timeoutMs : largeTimeoutMs,
        flows: limit === FLOWING,
        sinceCheck: check,
        bytesRead: raw.socket.bytesRead,
      })
    } else reading.delete(raw.socket)
    done()
  })
  const timer = setInterval(() => {
    check += 1
    for (const [socket, one] of reading) {
      if (one.flows && socket.bytesRead !== one.bytesRead) {
        one.bytesRead = socket.bytesRead
        one.sinceCheck = check
      }
      if (one.request.complete || socket.destroyed) reading.delete(socket)
      else if ((check - one.sinceCheck) * checkEveryMs > one.timeoutMs) close(socket)
    }
  }, checkEveryMs)
  timer.unref()
  app.addHook('onClose', (_instance, done) => {
    clearInterval(timer)
    done()
  })
}

function close(socket: Socket): void {
  const text = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
  socket.end(text, () => socket.destroy())
}
