import type { ResponseBody, routes } from '@keyporter/contract'
import { SdkError } from '@keyporter/sdk'
import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { anonymousClient } from './clients.ts'

/** The signed-in member or credential, with permissions. */
export type CurrentSession = ResponseBody<typeof routes.sessions.current>

/** Polling interval: changed privileges show in an open page after this time at most. */
const POLL_MS = 2_000

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => anonymousClient.sessions.current(),
  refetchInterval: (query) => (query.state.data === undefined ? false : POLL_MS),
})

/** Queries the current session and polls it. */
export function useSession() {
  return useQuery(sessionQuery)
}

/** Returns the current session. Only inside the shell, which renders for signed-in members only. */
export function useCurrentSession(): CurrentSession {
  return useSuspenseQuery(sessionQuery).data
}

/**
 * Returns whether the session has a permission of the management API, such as `CREDENTIAL_WRITE`.
 */
export function useCan(permission: string): boolean {
  return useCurrentSession().permissions.includes(permission)
}

/** Returns whether an error means that the session is missing or has ended. */
export function isSignedOutError(error: unknown): boolean {
  return error instanceof SdkError && error.status === 401
}
