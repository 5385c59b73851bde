import type { MantineColorSchemeManager } from '@mantine/core'
import { schemeOf, storedTheme, storeTheme } from './preferences.ts'

let listener: (() => void) | undefined

/** Where the library of components finds the look and keeps it: in our own one copy, not in another beside it. */
export const colorSchemeManager: MantineColorSchemeManager = {
  get: () => schemeOf(storedTheme()),
  set: (scheme) => storeTheme(scheme === 'auto' ? 'system' : scheme),
  // Another tab of this browser has chosen.
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
