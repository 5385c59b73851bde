import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request that the upstream received. */
export type Received = {
  readonly method: string
  readonly url: string
  /** Names in lower case. Repeated headers have every value, in order. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: Buffer
}

/** An upstream in this process. */
export type Upstream = {
  readonly origin: string
  readonly server: Server
  /** The complete requests, in order. */
  readonly received: Received[]
  /** Sets the responder of the following requests. */
  readonly respondWith: (response: UpstreamResponder) => void
  readonly close: () => Promise<void>
}

/** Responds to a request whose body was read completely. */
export type UpstreamResponder = (response: ServerResponse, received: Received) => void

/** Responds with the received request as JSON. */
export const echo: UpstreamResponder = (response, { method, url, headers, body }) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ method, url, headers, body: body.toString('latin1') }))
}

/**
 * Starts a server on a free loopback port. By default the server echoes requests.
 *
 * @param listener receives requests before their bodies are read, and sends all responses itself
 */
export async function startUpstream(
  listener?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Upstream> {
  const received: Received[] = []
  let respond = echo
  const server = createServer((incoming, response) => {
    if (listener !== undefined) return listener(incoming, response)
    void buffer(incoming).then(
      (body) => {
        const request = { ...readHead(incoming), body }
        received.push(request)
        respond(response, request)
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // safe because the server listens on a port
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    server,
    received,
    respondWith: (next) => {
      respond = next
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
