import { locales, themes } from '@keyporter/contract'

/** How the console shows things to a member. */
export type Preferences = {
  readonly theme: (typeof themes)[number]
  /** An IANA name; null for the browser's. */
  readonly timeZone: string | null
  readonly locale: (typeof locales)[number]
}

/** What a member has who never chose. */
export const defaultPreferences: Preferences = { theme: 'system', timeZone: null, locale: 'en' }

/** As the store keeps them: always in this order, so that equal ones are equal texts. */
export function serializePreferences({ theme, timeZone, locale }: Preferences): string {
  return JSON.stringify({ theme, timeZone, locale })
}

/** Reads what was kept; what a later version may have kept and this one does not know is left out. */
export function parsePreferences(text: string): Preferences {
  const value: unknown = JSON.parse(text)
  const kept: ReadonlyMap<string, unknown> = new Map(
    typeof value === 'object' && value !== null ? Object.entries(value) : [],
  )
  const timeZone = kept.get('timeZone')
  return {
    theme: themes.find((theme) => theme === kept.get('theme')) ?? defaultPreferences.theme,
    timeZone: typeof timeZone === 'string' ? timeZone : null,
    locale: locales.find((locale) => locale === kept.get('locale')) ?? defaultPreferences.locale,
  }
}
