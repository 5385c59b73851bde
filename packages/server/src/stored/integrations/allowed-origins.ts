import { splitBase } from './addresses.ts'
import type { AuthSettings } from './auth-settings.ts'

/**
 * The addresses that secrets are given for, as texts to be compared: whatever leads elsewhere later does
 * not get them.
 */
export type Bindings = readonly string[]

/** The addresses that a way of signing in sends its secrets to. */
export function bindingsOf(baseUrl: string, settings: AuthSettings): Bindings {
  const endpoint = (setting: string) => {
    const value = settings[setting]
    return typeof value === 'string' ? [`${setting} ${new URL(value).origin}`] : []
  }
  return [
    baseBinding(baseFor(baseUrl, settings)),
    ...['tokenUrl', 'loginUrl', 'authorizationUrl'].flatMap(endpoint),
  ]
}

/** The address that headers of the integration are sent to. */
export function baseBinding(baseUrl: string): string {
  const { origin, path } = splitBase(baseUrl)
  return `baseUrl ${origin}${path}`
}

/** Where calls go: the base endpoint stands in for the base URL (`aws_sigv4`). */
export function baseFor(baseUrl: string, settings: AuthSettings): string {
  const { baseEndpoint } = settings
  return typeof baseEndpoint === 'string' ? baseEndpoint : baseUrl
}

/** Whether what was given for some addresses may be sent to others. */
export function sameBindings(some: Bindings, others: Bindings): boolean {
  return some.length === others.length && some.every((text, index) => text === others[index])
}
