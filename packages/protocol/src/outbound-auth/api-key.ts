import type { AuthOf } from '../auth-types.ts'
import { setHeaders } from './header-lines.ts'
import { percentEncode, setQueryParameter } from './query-parameters.ts'
import { type AuthenticatedRequest, type OutgoingRequest, SigningError } from './request.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'

type ApiKeyAuth = AuthOf<'api_key'>

/** Adds an API key to a header, the query or a cookie, and replaces existing entries of that name. */
export const apiKey: RequestAuthenticator<ApiKeyAuth> = {
  ownHeaders: (auth) => {
    if (auth.in === 'cookie') return ['Cookie']
    return auth.in === 'header' && auth.name !== undefined ? [auth.name] : []
  },
  bodyRequirement: () => 'nothing',
  authenticate: (auth, request) => ({
    path: request.path,
    query: request.query,
    ...PLACES[auth.in](auth, request),
    explanation: undefined,
  }),
}

const PLACES: Record<
  ApiKeyAuth['in'],
  (
    auth: ApiKeyAuth,
    request: OutgoingRequest,
  ) => Pick<AuthenticatedRequest, 'headers' | 'secrets'> &
    Partial<Pick<AuthenticatedRequest, 'query'>>
> = {
  header: ({ name, value }, request) => ({
    headers: setHeaders(request.headers, [{ name, value }]),
    secrets: [value],
  }),
  query: ({ name, value }, request) => ({
    headers: setHeaders(request.headers, []),
    query: setQueryParameter(request.query, name, value),
    secrets: [value, percentEncode(value)],
  }),
  cookie: ({ name, value }, request) => ({
    headers: setHeaders(request.headers, [
      { name: 'Cookie', value: addCookie(request, { name, value }) },
    ]),
    secrets: [value],
  }),
}

/** RFC 6265 §5.4: one header, its pairs joined by a semicolon and a space. */
function addCookie({ headers }: OutgoingRequest, cookie: { name: string; value: string }): string {
  if (/[;=]/.test(cookie.name) || cookie.value.includes(';')) {
    throw new SigningError('The name or value of the API key is not valid in a cookie.')
  }
  const present = headers.filter(({ name }) => name.toLowerCase() === 'cookie')
  const pairs = present.flatMap(({ value }) => value.split(';').map((pair) => pair.trim()))
  const kept = pairs.filter((pair) => pair !== '' && cookieName(pair) !== cookie.name)
  return [...kept, `${cookie.name}=${cookie.value}`].join('; ')
}

function cookieName(pair: string): string {
  const [name = ''] = pair.split('=', 1)
  return name.trim()
}
