import { createKeyporter, type Keyporter } from '@keyporter/sdk'
import { requireSignIn } from './sign-in-again.ts'

/** Client for pages without a session: a 401 is an expected response. */
export const anonymousClient: Keyporter = createKeyporter({ authentication: 'session' })

const clients = new Map<string, Keyporter>()

/**
 * Returns the client that acts for an organization; by default for the member's own. If the
 * session has ended, the client asks the member to sign in and then repeats the request, so that
 * no input is lost.
 */
export function clientFor(organizationId?: string): Keyporter {
  const key = organizationId ?? ''
  const existing = clients.get(key)
  if (existing !== undefined) return existing
  const client = createKeyporter({
    authentication: 'session',
    organizationId,
    fetch: fetchWithSignIn,
  })
  clients.set(key, client)
  return client
}

const fetchWithSignIn: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (response.status !== 401 || !(await isSignedOut(response))) return response
  await requireSignIn()
  // The signal of the first attempt may have timed out while the member signed in.
  const { signal: _signal, ...retryInit } = init ?? {}
  return fetch(input, retryInit)
}

/** A wrong current password also returns 401, but its session is still valid. */
async function isSignedOut(response: Response): Promise<boolean> {
  try {
    const problem: unknown = await response.clone().json()
    return typeof problem === 'object' && problem !== null && 'code' in problem
      ? problem.code === 'unauthenticated' || problem.code === 'invalid_token'
      : false
  } catch {
    return false
  }
}
