import { VisuallyHidden } from '@mantine/core'
import { useSyncExternalStore } from 'react'

let current = ''
const listeners = new Set<() => void>()

/** Announces a message to screen readers (`aria-live="polite"`). Must not contain secrets. */
export function announce(message: string): void {
  // A live region announces changes only, so a repeated message must differ.
  current = message === current ? `${message}\u00a0` : message
  for (const listener of listeners) listener()
}

/** The live region for {@link announce}. */
export function Announcer() {
  const message = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
  return <VisuallyHidden aria-live="polite">{message}</VisuallyHidden>
}
