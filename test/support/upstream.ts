import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request as the other side got it. */
export type Received = {
  readonly method: string
  readonly url: string
  /** Names in lower case; of repeated ones, every value in order. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: Buffer
}

/** Somebody else's server, in this process. */
export type Upstream = {
  readonly origin: string
  readonly server: Server
  /** What came, in order; whole requests alone. */
  readonly received: Received[]
  /** What it answers from now on. */
  readonly answerWith: (answer: UpstreamResponder) => void
  readonly close: () => Promise<void>
}

/** Answers a request that was read to its end. */
export type UpstreamResponder = (response: ServerResponse, received: Received) => void

/** Says back what it got. */
export const echo: UpstreamResponder = (response, { method, url, headers, body }) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ method, url, headers, body: body.toString('latin1') }))
}

/**
 * Starts a server on a free port of loopback, which echoes unless told otherwise.
 *
 * @param listener gets requests before they are read, and answers them all by itself
 */
export async function startUpstream(
  listener?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Upstream> {
  const received: Received[] = []
  let answer = echo
  const server = createServer((request, response) => {
    if (listener !== undefined) return listener(request, response)
    void buffer(request).then(
      (body) => {
        const one = { ...readHead(request), body }
        received.push(one)
        answer(response, one)
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // safe because it listens on a port
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    server,
    received,
    answerWith: (next) => {
      answer = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function readHead({ method = '', url = '', rawHeaders }: IncomingMessage) {
  const headers: Record<string, string[]> = {}
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    headers[name] = [...(headers[name] ?? []), rawHeaders[index + 1] ?? '']
  }
  return { method, url, headers }
}
