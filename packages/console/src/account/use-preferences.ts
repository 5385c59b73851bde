import type { Input, routes } from '@keyporter/contract'
import { useQueryClient } from '@tanstack/react-query'
import { clientFor } from '../api/clients.ts'
import { sessionQuery } from '../api/session.ts'
import { applyPreferences } from '../theme/preferences.ts'

type Preferences = Input<typeof routes.sessions.updatePreferences>['body']

/** Returns a function that saves display preferences on the server and in this browser. */
export function usePreferences(): (chosen: Preferences) => Promise<void> {
  const queries = useQueryClient()
  return async (chosen) => {
    const who = await clientFor().sessions.updatePreferences(chosen)
    // A session request that is in flight would return the previous preferences.
    await queries.cancelQueries({ queryKey: sessionQuery.queryKey })
    applyPreferences(who)
    queries.setQueryData(sessionQuery.queryKey, who)
  }
}
