import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { onTestFinished } from 'vitest'

/** An upstream on this machine. */
export type RawUpstream = {
  /** `http://…` or `https://…`, with the IP address as the host. */
  readonly origin: string
  readonly port: number
  /** The number of connections that were ever opened. */
  readonly connectionCount: () => number
  /** The number of open connections. */
  readonly openCount: () => number
}

/** Handles the bytes that a connection has received so far. */
export type RawListener = (socket: Socket, received: string) => void

const LOOPBACK = '127.0.0.1'

/** Starts an upstream with Node's HTTP server, closed when the test ends. */
export function startHttpUpstream(
  listener: RequestListener,
  host = LOOPBACK,
): Promise<RawUpstream> {
  return open(createServer(listener), { scheme: 'http', host })
}

/**
 * Starts an upstream that writes arbitrary bytes. The listener is called after each chunk, with
 * everything that the connection has received so far.
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

/** Writes raw bytes as the response to every request head. */
export function respondRaw(response: string): RawListener {
  const responseCounts = new WeakMap<Socket, number>()
  return (socket, received) => {
    const heads = received.split('\r\n\r\n').length - 1
    for (let count = responseCounts.get(socket) ?? 0; count < heads; count += 1) {
      socket.write(response, 'latin1')
    }
    responseCounts.set(socket, heads)
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
    // Connection errors are asserted from the client's side.
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
