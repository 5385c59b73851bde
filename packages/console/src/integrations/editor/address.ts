import { trimSlashes } from '@keyporter/protocol'
import type { Settings } from '../integration.ts'

export type AddressFault = 'placeholder' | 'invalid' | 'scheme' | 'userinfo' | 'fragment' | 'query'

/**
 * What is plainly wrong with an address; whether it may be called is the server's to say.
 *
 * @param isBase whether paths are put behind it
 */
export function addressFault(typed: string, isBase = false): AddressFault | undefined {
  const text = typed.trim()
  // What a template leaves to be filled in.
  if (/\{[^{}]*\}/.test(text)) return 'placeholder'
  if (!URL.canParse(text)) return 'invalid'
  const { protocol, username, password, host } = new URL(text)
  if (host === '') return 'invalid'
  if (protocol !== 'https:' && protocol !== 'http:') return 'scheme'
  if (username !== '' || password !== '') return 'userinfo'
  if (text.includes('#')) return 'fragment'
  return isBase && text.includes('?') ? 'query' : undefined
}

/** Whether everything that is sent to an address can be read on the way. */
export function isPlain(typed: string): boolean {
  return URL.canParse(typed.trim()) && new URL(typed.trim()).protocol === 'http:'
}

type Bound = { readonly baseUrl: string; readonly auth: Settings }

/**
 * Whether secrets that were given for one address would go to another: the base URL leads elsewhere, or
 * tokens are fetched elsewhere. The server decides the same.
 */
export function leadsElsewhere(before: Bound, after: Bound): boolean {
  return JSON.stringify(placesOf(before)) !== JSON.stringify(placesOf(after))
}

const endpoints = ['tokenUrl', 'loginUrl', 'authorizationUrl']

function placesOf({ baseUrl, auth }: Bound): readonly string[] {
  const { kind, baseEndpoint = baseUrl } = auth
  return [
    String(kind),
    placeOf(baseEndpoint, true),
    ...endpoints.map((name) => placeOf(auth[name])),
  ]
}

function placeOf(address: unknown, withPath = false): string {
  if (typeof address !== 'string' || !URL.canParse(address.trim())) return ''
  const { origin, pathname } = new URL(address.trim())
  return withPath ? `${origin}${trimSlashes(pathname)}` : origin
}

/** Region and service of an address at Amazon: `s3.eu-central-1.amazonaws.com`; undefined elsewhere. */
export function awsPlace(
  address: string,
): { readonly region: string; readonly service: string } | undefined {
  const host = URL.canParse(address.trim()) ? new URL(address.trim()).hostname : ''
  const [, service, region] =
    /(?:^|\.)([a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/.exec(host) ?? []
  return service === undefined || region === undefined ? undefined : { service, region }
}
