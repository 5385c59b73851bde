import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that the token endpoint received. */
export type ReceivedTokenRequest = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The body parsed as a form. */
  readonly form: Readonly<Record<string, string>>
}

/** A response: a status, 200 by default, and a body, JSON unless it is a string. */
export type TokenServerResponse = {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** The response is sent after this promise settles. */
  readonly after?: Promise<unknown>
  /** Closes the connection without a response. */
  readonly hangUp?: true
}

/** An upstream's token endpoint, on this machine. */
export type TokenServer = {
  readonly origin: string
  readonly received: readonly ReceivedTokenRequest[]
  /** Returns the response to each request. Replaceable during a test. */
  respond: (request: ReceivedTokenRequest, index: number) => TokenServerResponse
  readonly close: () => Promise<void>
}

/**
 * Starts a token endpoint. By default the nth request gets the token `token-n`, valid for an hour.
 */
export async function startTokenServer(): Promise<TokenServer> {
  const received: ReceivedTokenRequest[] = []
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const form = Object.fromEntries(new URLSearchParams(body))
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, body, form }
      received.push(one)
      return send(response, tokenServer.respond(one, received.length))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that a test does not close must not keep the process running.
  server.unref()
  // safe because the server listens on a port
  const { port } = server.address() as AddressInfo
  const tokenServer: TokenServer = {
    origin: `http://127.0.0.1:${port}`,
    received,
    respond: (_request, index) => ({ body: tokenBody(`token-${index}`) }),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return tokenServer
}

/** Returns the body of a successful token response. */
export function tokenBody(token: string, more: object = {}): object {
  return { access_token: token, token_type: 'Bearer', expires_in: 3600, ...more }
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}

async function send(response: ServerResponse, reply: TokenServerResponse): Promise<void> {
  await reply.after
  if (reply.hangUp === true) return void response.destroy()
  const { status = 200, body = '', headers = {} } = reply
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
