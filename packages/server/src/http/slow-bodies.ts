import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** Bounds of {@link closeSlowBodies}. */
export type SlowBodyBounds = {
  readonly timeoutMs: number
  readonly checkEveryMs: number
  /** Larger bodies than this may take the server's whole request timeout. */
  readonly smallBytesMax: number
}

type Reading = { readonly request: IncomingMessage; readonly sinceCheck: number }

/**
 * Closes connections on which a small body does not arrive in time: a form or a credential takes no ten
 * seconds, while a document of 20 MB over a slow line may. Costs a request with a body one entry in a
 * table, and no timer of its own.
 */
export function closeSlowBodies(
  app: FastifyInstance,
  { timeoutMs, checkEveryMs, smallBytesMax }: SlowBodyBounds,
): void {
  const reading = new Map<Socket, Reading>()
  let check = 0
  app.addHook('onRequest', ({ raw, routeOptions }, _reply, done) => {
    const hasBody =
      raw.headers['content-length'] !== undefined || raw.headers['transfer-encoding'] !== undefined
    if (hasBody && (routeOptions.bodyLimit ?? 0) <= smallBytesMax)
      reading.set(raw.socket, { request: raw, sinceCheck: check })
    else reading.delete(raw.socket)
    done()
  })
  const timer = setInterval(() => {
    check += 1
    for (const [socket, { request, sinceCheck }] of reading) {
      if (request.complete || socket.destroyed) reading.delete(socket)
      else if ((check - sinceCheck) * checkEveryMs > timeoutMs) close(socket)
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
