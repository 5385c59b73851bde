import type { MantineColorSchemeManager } from '@mantine/core'
import { schemeOf, storedTheme, storeTheme } from './preferences.ts'

let listener: (() => void) | undefined

/** Connects Mantine's color scheme to {@link storedTheme}, so that only one copy is stored. */
export const colorSchemeManager: MantineColorSchemeManager = {
  get: () => schemeOf(storedTheme()),
  set: (scheme) => storeTheme(scheme === 'auto' ? 'system' : scheme),
  // The storage event reports changes by other tabs.
  subscribe: (onUpdate) => {
    listener = () => onUpdate(schemeOf(storedTheme()))
    window.addEventListener('storage', listener)
  },
  unsubscribe: () => {
    if (listener !== undefined) window.removeEventListener('storage', listener)
    listener = undefined
  },
  clear: () => storeTheme('system'),
}
