import { type AuthField, authFieldsOf, trimTrailingSlashes } from '@keyporter/protocol'
import { isAuthType } from '../authentication-types.ts'
import type { Settings } from '../integration.ts'

export type UrlFault = 'placeholder' | 'invalid' | 'scheme' | 'userinfo' | 'fragment' | 'query'

/**
 * Returns the syntax error of a URL. Only the server decides whether its address is allowed.
 *
 * @param isBase whether paths are appended to it
 */
export function urlFault(typed: string, isBase = false): UrlFault | undefined {
  const text = typed.trim()
  // The placeholder of a template.
  if (/\{[^{}]*\}/.test(text)) return 'placeholder'
  if (!URL.canParse(text)) return 'invalid'
  const { protocol, username, password, host } = new URL(text)
  if (host === '') return 'invalid'
  if (protocol !== 'https:' && protocol !== 'http:') return 'scheme'
  if (username !== '' || password !== '') return 'userinfo'
  if (text.includes('#')) return 'fragment'
  return isBase && text.includes('?') ? 'query' : undefined
}

/** Returns whether a URL is unencrypted. */
export function isUnencrypted(typed: string): boolean {
  return URL.canParse(typed.trim()) && new URL(typed.trim()).protocol === 'http:'
}

type Bound = { readonly baseUrl: string; readonly auth: Settings }

/**
 * Returns whether stored secrets would be sent to another endpoint: the base URL or a token endpoint changed. The
 * server applies the same rule.
 */
export function endpointsDiffer(before: Bound, after: Bound): boolean {
  return JSON.stringify(endpointsOf(before)) !== JSON.stringify(endpointsOf(after))
}

function endpointsOf({ baseUrl, auth }: Bound): readonly string[] {
  const kind = String(auth['kind'])
  const fields = isAuthType(kind) ? Object.entries(authFieldsOf(kind)) : []
  const valuesOf = (use: AuthField['destination']): readonly unknown[] =>
    fields.filter(([, { destination }]) => destination === use).map(([name]) => auth[name])
  const [base = baseUrl] = valuesOf('base')
  return [kind, endpointOf(base, true), ...valuesOf('endpoint').map((value) => endpointOf(value))]
}

function endpointOf(address: unknown, withPath = false): string {
  if (typeof address !== 'string' || !URL.canParse(address.trim())) return ''
  const { origin, pathname } = new URL(address.trim())
  return withPath ? `${origin}${trimTrailingSlashes(pathname)}` : origin
}

/** Returns region and service of an AWS URL such as `https://s3.eu-central-1.amazonaws.com`; otherwise undefined. */
export function awsEndpoint(
  address: string,
): { readonly region: string; readonly service: string } | undefined {
  const host = URL.canParse(address.trim()) ? new URL(address.trim()).hostname : ''
  const [, service, region] =
    /(?:^|\.)([a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/.exec(host) ?? []
  return service === undefined || region === undefined ? undefined : { service, region }
}
