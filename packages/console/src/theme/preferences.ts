import type { WhoAmI } from '../api/session.ts'
import { keepLocale, locales } from '../messages/locale.ts'

const KEY = 'keyporter.theme'

export type ThemeChoice = 'light' | 'dark' | 'system'

/** The look that this browser was last told; what it does before anyone has signed in. */
export function keptTheme(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : 'system'
  } catch {
    return 'system'
  }
}

/** Takes over what the member chose, from the server into this browser. True when the page has to be loaded again. */
export function adoptPreferences({ preferences }: Pick<WhoAmI, 'preferences'>): boolean {
  if (preferences === null) return false
  try {
    localStorage.setItem(KEY, preferences.theme)
  } catch {
    // No storage here: the look is chosen anew on each page.
  }
  const chosen = locales.find((known) => known === preferences.locale)
  return chosen === undefined ? false : keepLocale(chosen)
}
