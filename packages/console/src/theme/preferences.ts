import type { MantineColorScheme } from '@mantine/core'
import type { CurrentSession } from '../api/session.ts'
import { locales, storeLocale } from '../messages/locale.ts'

const KEY = 'keyporter.theme'

export const themes = ['light', 'dark', 'system'] as const
export type ThemeChoice = (typeof themes)[number]

/** Returns the theme that is stored in this browser. Used before sign-in. */
export function storedTheme(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}

/** Stores the theme in this browser. */
export function storeTheme(theme: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // Storage is unavailable: the theme is not stored across page loads.
  }
}

/** Returns Mantine's name of a theme. */
export function schemeOf(theme: ThemeChoice): MantineColorScheme {
  return theme === 'system' ? 'auto' : theme
}

/** Stores the member's preferences in this browser. Returns whether the page must be reloaded. */
export function applyPreferences({ preferences }: Pick<CurrentSession, 'preferences'>): boolean {
  if (preferences === null) return false
  storeTheme(preferences.theme)
  const chosen = locales.find((known) => known === preferences.locale)
  return chosen === undefined ? false : storeLocale(chosen)
}
