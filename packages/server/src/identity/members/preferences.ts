import { locales, themes } from '@keyporter/contract'

/** A member's display settings in the console. */
export type Preferences = {
  readonly theme: (typeof themes)[number]
  /** An IANA time zone name. Null: the browser's time zone. */
  readonly timeZone: string | null
  readonly locale: (typeof locales)[number]
}

export const defaultPreferences: Preferences = { theme: 'system', timeZone: null, locale: 'en' }

/** Returns the JSON to store. The order is fixed, so that equal preferences have equal texts. */
export function serializePreferences({ theme, timeZone, locale }: Preferences): string {
  return JSON.stringify({ theme, timeZone, locale })
}

/** Parses stored preferences. Ignores values that only a later version knows. */
export function parsePreferences(text: string): Preferences {
  const value: unknown = JSON.parse(text)
  const stored: ReadonlyMap<string, unknown> = new Map(
    typeof value === 'object' && value !== null ? Object.entries(value) : [],
  )
  const timeZone = stored.get('timeZone')
  return {
    theme: themes.find((theme) => theme === stored.get('theme')) ?? defaultPreferences.theme,
    timeZone: typeof timeZone === 'string' ? timeZone : null,
    locale: locales.find((locale) => locale === stored.get('locale')) ?? defaultPreferences.locale,
  }
}
