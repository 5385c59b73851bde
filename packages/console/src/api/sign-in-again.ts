import { useSyncExternalStore } from 'react'

/** Requests that wait for the member to sign in again. */
let waiting: (() => void)[] = []
const listeners = new Set<() => void>()

/** Asks the member to sign in again. Resolves when they have. */
export function requireSignIn(): Promise<void> {
  return new Promise((resolve) => {
    waiting = [...waiting, resolve]
    for (const listener of listeners) listener()
  })
}

/** Resumes all requests that wait for a session. */
export function resumeSignedIn(): void {
  const resumed = waiting
  waiting = []
  for (const listener of listeners) listener()
  for (const resume of resumed) resume()
}

/** Returns whether a request waits for the member to sign in again. */
export function useSignInNeeded(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => waiting.length > 0,
  )
}
