import { createKeyporter, type Keyporter } from '@keyporter/sdk'
import { requireSignIn } from './sign-in-again.ts'

/** The client of pages that know that nobody may be signed in: a 401 is an ordinary answer to it. */
export const anonymousClient: Keyporter = createKeyporter({ authentication: 'session' })

const clients = new Map<string, Keyporter>()

/**
 * The client that acts for an organization; for the member's own, unless named. When the session has ended,
 * it lets the member sign in again and then sends the same request once more: nothing typed is lost.
 */
export function clientFor(organizationId?: string): Keyporter {
  const key = organizationId ?? ''
  const known = clients.get(key)
  if (known !== undefined) return known
  const made = createKeyporter({
    authentication: 'session',
    organizationId,
    fetch: fetchWithSignIn,
  })
  clients.set(key, made)
  return made
}

const fetchWithSignIn: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init)
  if (answer.status !== 401 || !(await isSignedOut(answer))) return answer
  await requireSignIn()
  // Not the signal of the first attempt: its time ran while the member typed.
  const { signal: _signal, ...again } = init ?? {}
  return fetch(input, again)
}

/** A wrong current password is a 401, too; the session is good then. */
async function isSignedOut(answer: Response): Promise<boolean> {
  try {
    const problem: unknown = await answer.clone().json()
    return typeof problem === 'object' && problem !== null && 'code' in problem
      ? problem.code === 'unauthenticated' || problem.code === 'invalid_token'
      : false
  } catch {
    return false
  }
}
