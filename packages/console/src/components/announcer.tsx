import { VisuallyHidden } from '@mantine/core'
import { useSyncExternalStore } from 'react'

let current = ''
const listeners = new Set<() => void>()

/** Has a screen reader say something, when it has finished what it is saying. Never a secret. */
export function announce(message: string): void {
  // The same words again are only said when they differ from what stands there.
  current = message === current ? `${message}\u00a0` : message
  for (const listener of listeners) listener()
}

/** The one place from which {@link announce} is heard. */
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
