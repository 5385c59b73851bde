/** The languages that the console speaks; `en-XA` is English made 40 % longer, for tests of the layout. */
export const locales = ['en', 'en-XA'] as const
export type Locale = (typeof locales)[number]

const KEY = 'keyporter.locale'

/** The language of this page. Another choice is good from the next load on: nothing is drawn in two. */
export const locale: Locale = readLocale()

/** Keeps a copy of the choice in this browser, where it is needed before anyone has signed in. */
export function storeLocale(chosen: Locale): boolean {
  try {
    localStorage.setItem(KEY, chosen)
  } catch {
    // No storage here: English.
  }
  return chosen !== locale
}

function readLocale(): Locale {
  try {
    const kept = localStorage.getItem(KEY)
    return locales.find((known) => known === kept) ?? 'en'
  } catch {
    return 'en'
  }
}
