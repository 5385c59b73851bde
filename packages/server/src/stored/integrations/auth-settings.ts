import { AUTH_KINDS, type AuthKind, isJsonObject } from '@keyporter/protocol'

/** An authentication type with its settings, without secrets. */
export type AuthSettings = { readonly kind: AuthKind; readonly [setting: string]: unknown }

/** Merges the settings of an integration and a connection. The connection takes precedence. */
export function mergeSettings(integration: AuthSettings, connection: AuthSettings): AuthSettings {
  return { ...integration, ...connection }
}

/** Parses the settings column of a row. */
export function parseSettings(json: string): AuthSettings {
  const value: unknown = JSON.parse(json)
  const kind = isJsonObject(value) ? AUTH_KINDS.find((name) => name === value['kind']) : undefined
  if (!isJsonObject(value) || kind === undefined)
    throw new TypeError('The auth settings of a row do not parse')
  return { ...value, kind }
}

/** Returns the headers that the settings name, each with the JSON Pointer to its name. */
export function namedHeaders(
  settings: AuthSettings,
): readonly { readonly name: string; readonly pointer: string }[] {
  const { kind, name, header, recipe } = settings
  const named = (value: unknown, pointer: string) =>
    typeof value === 'string' ? [{ name: value, pointer }] : []
  if (kind === 'api_key' && settings['in'] === 'header') return named(name, '/auth/name')
  if (kind === 'bearer' || kind === 'login_call') return named(header, '/auth/header')
  const headers = kind === 'hmac_sha256' && isJsonObject(recipe) ? recipe['headers'] : undefined
  if (!Array.isArray(headers)) return []
  return headers.flatMap((entry: unknown, index) =>
    isJsonObject(entry) ? named(entry['name'], `/auth/recipe/headers/${index}/name`) : [],
  )
}
