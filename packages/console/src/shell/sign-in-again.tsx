import { lazy, Suspense } from 'react'
import { useSignInNeeded } from '../api/sign-in-again.ts'

// Rarely needed, so not part of the first page's bundle.
const SignInAgainDialog = lazy(async () => ({
  default: (await import('./sign-in-again-dialog.tsx')).SignInAgainDialog,
}))

/** Opens the sign-in dialog when the session has ended while a page is open. */
export function SignInAgain() {
  if (!useSignInNeeded()) return null
  return (
    <Suspense>
      <SignInAgainDialog />
    </Suspense>
  )
}
