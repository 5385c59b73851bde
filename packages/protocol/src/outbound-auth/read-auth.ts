import {
  type AuthField,
  type AuthKind,
  type AuthOf,
  authFieldsOf,
  isConditionMet,
} from '../auth-types.ts'
import { isJsonObject } from '../json.ts'

/** Stored or entered fields by name. */
export type AuthValues = Readonly<Record<string, unknown>>

/**
 * Returns an authentication type with the given settings and secrets, and with the defaults of absent
 * ones. Returns `undefined` if a required field is missing.
 */
export function readAuth<K extends AuthKind>(kind: K, values: AuthValues): AuthOf<K> | undefined {
  const fields = readAuthFields(kind, values)
  const isComplete = Object.entries(authFieldsOf(kind)).every(
    ([name, { isRequired, onlyWith }]) =>
      isRequired !== true || !isConditionMet(onlyWith, values) || fields[name] !== undefined,
  )
  // Safe because the fields have the types of the table, and no required one is missing.
  return isComplete ? ({ ...fields, kind } as AuthOf<K>) : undefined
}

/** Returns the fields of an authentication type, with the defaults of absent ones. */
export function readAuthFields(kind: AuthKind, values: AuthValues): AuthValues {
  return Object.fromEntries(
    Object.entries(authFieldsOf(kind))
      .filter(([, { onlyWith }]) => isConditionMet(onlyWith, values))
      .map(([name, field]) => [name, READERS[field.type](values[name], field) ?? field.default]),
  )
}

/**
 * Returns the headers of the authentication type `headers`, from a request or from stored secrets. The
 * value is null if it is absent.
 */
export function readEntries(
  value: unknown,
): readonly { readonly name: string; readonly value: string | null }[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: unknown) => {
    if (!isJsonObject(entry) || typeof entry['name'] !== 'string') return []
    return { name: entry['name'], value: readText(entry['value']) ?? null }
  })
}

const READERS: Readonly<Record<AuthField['type'], (value: unknown, field: AuthField) => unknown>> =
  {
    text: readText,
    url: readText,
    choice: (value, { choices = [] }) => choices.find((one) => one === value),
    words: (value) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []),
    number: (value) => (typeof value === 'number' ? value : undefined),
    parameters: (value) =>
      Object.fromEntries(
        Object.entries(isJsonObject(value) ? value : {}).filter(
          ([, one]) => typeof one === 'string',
        ),
      ),
    entries: (value) =>
      value === undefined
        ? undefined
        : readEntries(value).map((entry) => ({ name: entry.name, value: entry.value ?? '' })),
    // Recipes are checked before they are stored.
    recipe: (value) => value,
  }

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
