import type { Input, routes } from '@keyporter/contract'
import { useQueryClient } from '@tanstack/react-query'
import { clientFor } from '../api/clients.ts'
import { sessionQuery } from '../api/session.ts'
import { applyPreferences } from '../theme/preferences.ts'

type Preferences = Input<typeof routes.sessions.updatePreferences>['body']

/** Keeps how the console shows things, at the server and in this browser. */
export function usePreferences(): (chosen: Preferences) => Promise<void> {
  const queries = useQueryClient()
  return async (chosen) => {
    const who = await clientFor().sessions.updatePreferences(chosen)
    // An answer that was already under way says what it was before.
    await queries.cancelQueries({ queryKey: sessionQuery.queryKey })
    applyPreferences(who)
    queries.setQueryData(sessionQuery.queryKey, who)
  }
}
