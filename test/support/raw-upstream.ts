import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { onTestFinished } from 'vitest'

/** A third party, played by a listener of this machine. */
export type RawUpstream = {
  /** `http://…` or `https://…`, as it is reached by its address. */
  readonly origin: string
  readonly port: number
  /** How many connections were ever opened to it. */
  readonly connectionCount: () => number
  /** How many of them are open. */
  readonly openCount: () => number
}

/** What a raw upstream does with a connection of which it has read so much. */
export type RawListener = (socket: Socket, received: string) => void

const LOOPBACK = '127.0.0.1'

/** An upstream that speaks HTTP as Node does. It is closed when the test ends, like all of them. */
export function startHttpUpstream(
  listener: RequestListener,
  host = LOOPBACK,
): Promise<RawUpstream> {
  return open(createServer(listener), { scheme: 'http', host })
}

/**
 * An upstream that writes what it is told, however wrong. The listener is called with each piece that comes, and all
 * that came over that connection until then.
 */
export async function startRawUpstream(
  listener: RawListener,
  { host = LOOPBACK, tls }: { readonly host?: string; readonly tls?: TlsOptions } = {},
): Promise<RawUpstream & { readonly received: () => string }> {
  let all = ''
  const talk = (socket: Socket): void => {
    let received = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      all += chunk.toString('latin1')
      listener(socket, received)
    })
  }
  const server = tls === undefined ? createTcpServer(talk) : createTlsServer(tls, talk)
  const upstream = await open(server, { scheme: tls === undefined ? 'http' : 'https', host })
  return { ...upstream, received: () => all }
}

/** Answers every request once its head is here, with bytes as they stand. */
export function respondRaw(answer: string): RawListener {
  const answered = new WeakMap<Socket, number>()
  return (socket, received) => {
    const heads = received.split('\r\n\r\n').length - 1
    for (let count = answered.get(socket) ?? 0; count < heads; count += 1) {
      socket.write(answer, 'latin1')
    }
    answered.set(socket, heads)
  }
}

async function open(
  server: Server,
  { scheme, host }: { readonly scheme: string; readonly host: string },
): Promise<RawUpstream> {
  const sockets = new Set<Socket>()
  let connectionCount = 0
  server.on('connection', (socket: Socket) => {
    connectionCount += 1
    sockets.add(socket)
    // What happens to a connection is seen from its other end.
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    connectionCount: () => connectionCount,
    openCount: () => sockets.size,
  }
}
