import { authFieldsOf } from '@keyporter/protocol'
import { splitBase } from './addresses.ts'
import type { AuthSettings } from './auth-settings.ts'

/**
 * The addresses that secrets may be sent to, as comparable texts. Secrets are never sent to other
 * addresses.
 */
export type SecretDestinations = readonly string[]

/** Returns the addresses that an authentication type sends its secrets to. */
export function secretDestinationsOf(baseUrl: string, settings: AuthSettings): SecretDestinations {
  const endpoints = Object.entries(authFieldsOf(settings.kind)).flatMap(
    ([name, { destination }]) => {
      const value = settings[name]
      const isCalled = destination === 'endpoint' && typeof value === 'string'
      return isCalled ? [`${name} ${new URL(value).origin}`] : []
    },
  )
  return [baseDestination(baseFor(baseUrl, settings)), ...endpoints]
}

/** Returns the address that the secret headers of an integration are sent to. */
export function baseDestination(baseUrl: string): string {
  const { origin, path } = splitBase(baseUrl)
  return `baseUrl ${origin}${path}`
}

/** Returns the base URL of calls: a setting with the destination `base` overrides the integration's. */
export function baseFor(baseUrl: string, settings: AuthSettings): string {
  for (const [name, { destination }] of Object.entries(authFieldsOf(settings.kind))) {
    const value = settings[name]
    if (destination === 'base' && typeof value === 'string') return value
  }
  return baseUrl
}

/** Whether secrets stored for the first addresses may be sent to the second ones. */
export function sameDestinations(some: SecretDestinations, others: SecretDestinations): boolean {
  return some.length === others.length && some.every((text, index) => text === others[index])
}
