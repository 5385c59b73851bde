import type { MantineColorScheme } from '@mantine/core'
import type { WhoAmI } from '../api/session.ts'
import { locales, storeLocale } from '../messages/locale.ts'

const KEY = 'keyporter.theme'

export const themes = ['light', 'dark', 'system'] as const
export type ThemeChoice = (typeof themes)[number]

/** The look that this browser was last told; what it does before anyone has signed in. */
export function storedTheme(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : 'system'
  } catch {
    return 'system'
  }
}

/** Keeps a copy of the look in this browser. */
export function storeTheme(theme: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // No storage here: the look is chosen anew on each page.
  }
}

/** A look as the library of components calls it. */
export function schemeOf(theme: ThemeChoice): MantineColorScheme {
  return theme === 'system' ? 'auto' : theme
}

/** Takes over what the member chose, from the server into this browser. True when the page has to be loaded again. */
export function applyPreferences({ preferences }: Pick<WhoAmI, 'preferences'>): boolean {
  if (preferences === null) return false
  storeTheme(preferences.theme)
  const chosen = locales.find((known) => known === preferences.locale)
  return chosen === undefined ? false : storeLocale(chosen)
}
