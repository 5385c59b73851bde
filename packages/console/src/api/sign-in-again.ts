import { useSyncExternalStore } from 'react'

/** Whether a session has ended under an open page, and those who wait for the next one. */
let waiting: (() => void)[] = []
const listeners = new Set<() => void>()

/** Asks the member to sign in again; done when they have. */
export function requireSignIn(): Promise<void> {
  return new Promise((resolve) => {
    waiting = [...waiting, resolve]
    for (const listener of listeners) listener()
  })
}

/** Lets everything go on that waited for a session. */
export function resumeSignedIn(): void {
  const resumed = waiting
  waiting = []
  for (const listener of listeners) listener()
  for (const resume of resumed) resume()
}

/** Whether a request waits for the member to sign in again. */
export function useSignInNeeded(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => waiting.length > 0,
  )
}
