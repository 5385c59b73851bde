/** The console's languages. `en-XA` is a pseudo-locale with 40 % longer texts, for layout tests. */
export const locales = ['en', 'en-XA'] as const
export type Locale = (typeof locales)[number]

const KEY = 'keyporter.locale'

/** The language of this page. A change takes effect on the next page load. */
export const locale: Locale = readLocale()

/**
 * Stores the language in this browser, where it is needed before sign-in. Returns whether it
 * changed.
 */
export function storeLocale(chosen: Locale): boolean {
  try {
    localStorage.setItem(KEY, chosen)
  } catch {
    // Storage is unavailable: the console uses English.
  }
  return chosen !== locale
}

function readLocale(): Locale {
  try {
    const stored = localStorage.getItem(KEY)
    return locales.find((known) => known === stored) ?? 'en'
  } catch {
    return 'en'
  }
}
