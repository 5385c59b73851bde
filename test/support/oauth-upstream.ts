import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An upstream API on loopback, with an authorization endpoint and a token endpoint. */
export type OauthUpstream = {
  readonly url: string
  /** Method, path and `Authorization` of every request, in order. */
  readonly requests: { readonly method: string; readonly path: string; readonly as: string }[]
  readonly close: () => Promise<void>
}

/**
 * Starts the upstream. `/user` accepts the bearer tokens and echoes the received token.
 * `/authorize` redirects with a code, or with an error for the scope `nothing`. `/token` issues
 * `granted`.
 */
export async function startOauthUpstream(tokens: readonly string[]): Promise<OauthUpstream> {
  const requests: OauthUpstream['requests'] = []
  const validAuthorizations = new Set([...tokens, 'granted'].map((token) => `Bearer ${token}`))
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://upstream')
    const as = request.headers.authorization ?? ''
    requests.push({ method: request.method ?? '', path: url.pathname, as })
    if (url.pathname === '/authorize') return redirectBack(url, response)
    if (url.pathname === '/token') {
      return answer(response, 200, {
        access_token: 'granted',
        token_type: 'Bearer',
        expires_in: 3600,
      })
    }
    if (url.pathname !== '/user') return answer(response, 404, {})
    return validAuthorizations.has(as)
      ? answer(response, 200, { hello: 'Ada', as })
      : answer(response, 401, {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // safe because the server listens on a port
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function redirectBack({ searchParams }: URL, response: ServerResponse): void {
  const back = new URL(searchParams.get('redirect_uri') ?? '')
  back.searchParams.set('state', searchParams.get('state') ?? '')
  if (searchParams.get('scope') === 'nothing') back.searchParams.set('error', 'access_denied')
  else back.searchParams.set('code', 'a-code')
  response.writeHead(302, { location: back.href }).end()
}
