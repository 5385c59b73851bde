import { createServer } from 'node:net'

/** A port that no other program gets until it is released. */
export type ReservedPort = {
  readonly port: number
  /** Frees the port at once: for the server that listens on it next. */
  readonly release: () => void
}

/**
 * Finds a free port of an address and holds it: where a port is only looked for, another program may get it before the
 * server listens.
 *
 * @param port    0 for any
 * @throws {Error} `EADDRINUSE` and the like, as listening does
 */
export async function reservePort(host: string, port = 0): Promise<ReservedPort> {
  const holder = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    holder.once('error', reject).listen(port, host, resolve)
  })
  const address = holder.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('Not a port of TCP')
  return { port: address.port, release: () => void holder.close() }
}
