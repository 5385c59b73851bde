import { lazy, Suspense } from 'react'
import { useSignInNeeded } from '../api/sign-in-again.ts'

// Rarely needed, so not part of the first page.
const SignInAgainDialog = lazy(async () => ({
  default: (await import('./sign-in-again-dialog.tsx')).SignInAgainDialog,
}))

/** Lets the member sign in again when the session ended under an open page. */
export function SignInAgain() {
  if (!useSignInNeeded()) return null
  return (
    <Suspense>
      <SignInAgainDialog />
    </Suspense>
  )
}
