import {
  AUTH_KINDS,
  type AuthKind,
  authFieldsOf,
  isConditionMet,
  isJsonObject,
  readEntries,
} from '@keyporter/protocol'

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
  return Object.entries(authFieldsOf(settings.kind)).flatMap(([field, { type, isHeaderName }]) => {
    const value = settings[field]
    const pointer = `/auth/${field}`
    if (type === 'recipe') return recipeHeaders(value, pointer)
    const isNamed = isHeaderName !== undefined && isConditionMet(isHeaderName, settings)
    return isNamed && typeof value === 'string' ? [{ name: value, pointer }] : []
  })
}

function recipeHeaders(recipe: unknown, pointer: string) {
  return readEntries(isJsonObject(recipe) ? recipe['headers'] : undefined).map(
    ({ name }, index) => ({ name, pointer: `${pointer}/headers/${index}/name` }),
  )
}
