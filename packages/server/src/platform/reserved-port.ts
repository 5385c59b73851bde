import { createServer } from 'node:net'

/** A port that no other program can use until it is released. */
export type ReservedPort = {
  readonly port: number
  /** Releases the port immediately, for the server that listens on it next. */
  readonly release: () => void
}

/**
 * Finds a free port and reserves it. Without the reservation another program could take the port
 * before the server listens.
 *
 * @param port 0 for any free port
 * @throws {Error} the errors of `listen`, such as `EADDRINUSE`
 */
export async function reservePort(host: string, port = 0): Promise<ReservedPort> {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null)
    throw new TypeError('The server has no TCP port')
  return { port: address.port, release: () => void server.close() }
}
