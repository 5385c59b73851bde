import { connect, type Socket } from 'node:net'

/** The responses on one connection, until the server closes it. */
export type RawExchange = {
  /** The status of the first response, or 0 without a response. */
  readonly status: number
  readonly text: string
  /** The number of responses. */
  readonly responseCount: number
}

/** Opens a connection to a server's address. */
export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  // Connection errors are visible in the received bytes.
  socket.on('error', () => undefined)
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

/** Writes raw bytes and reads until the server closes, at most for three seconds. */
export async function exchangeRaw(url: string, bytes: string | Uint8Array): Promise<RawExchange> {
  const socket = await openSocket(url)
  const parts: Buffer[] = []
  socket.on('data', (part) => void parts.push(part))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.setTimeout(3_000, () => socket.destroy())
  socket.write(bytes)
  await closed
  const text = Buffer.concat(parts).toString('latin1')
  const lines = text.match(/^HTTP\/1\.1 \d{3} /gm) ?? []
  return { status: Number(lines[0]?.slice(9, 12) ?? 0), text, responseCount: lines.length }
}
