import type { Answer, routes } from '@keyporter/contract'
import { SdkError } from '@keyporter/sdk'
import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { anonymousClient } from './clients.ts'

/** Who is signed in, and what they may do. */
export type WhoAmI = Answer<typeof routes.sessions.current>

/** How soon a privilege that was given or taken shows in an open page. */
const POLL_MS = 2_000

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => anonymousClient.sessions.current(),
  refetchInterval: (query) => (query.state.data === undefined ? false : POLL_MS),
})

/** The session, asked for again every two seconds. */
export function useSession() {
  return useQuery(sessionQuery)
}

/** Who is signed in; only in pages inside the shell, which draws them for nobody else. */
export function useWhoAmI(): WhoAmI {
  return useSuspenseQuery(sessionQuery).data
}

/** Whether whoever is signed in holds a permission of the management API, such as `CREDENTIAL_WRITE`. */
export function useCan(permission: string): boolean {
  return useWhoAmI().permissions.includes(permission)
}

/** Whether an error says that nobody is signed in. */
export function isSignedOutError(error: unknown): boolean {
  return error instanceof SdkError && error.status === 401
}
