import type { Keyporter } from '@keyporter/sdk'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'

/** The setup progress of an organization. */
export type Progress = {
  /** Whether an API exists besides the built-in one. */
  readonly isDescribed: boolean
  readonly isCreated: boolean
  /** Whether a credential of such an API has been used. */
  readonly isCalled: boolean
}

/** Polling interval: a first call shows after this time at most. */
const POLL_MS = 2_000
/** An organization with more APIs is past its first call, so the rest is not queried. */
const APIS_MAX = 10

/** Queries the setup progress, and polls it until it is complete. */
export function useProgress(): UseQueryResult<Progress> {
  const { client, scope } = useActing()
  const mayRead = useCan('CREDENTIAL_READ')
  const maySeeApis = useCan('API_READ')
  return useQuery({
    queryKey: [...scope, 'credentials', 'progress'],
    queryFn: () => readProgress(client),
    enabled: mayRead && maySeeApis,
    refetchInterval: ({ state }) => (state.data?.isCalled === true ? false : POLL_MS),
  })
}

async function readProgress(client: Keyporter): Promise<Progress> {
  const { data } = await client.apis.list({ limit: 100 })
  const apis = data.filter(({ builtIn }) => !builtIn).slice(0, APIS_MAX)
  const lastUsed = await Promise.all(
    apis.map(({ id }) => client.credentials.list({ apiId: id, sort: '-lastUsedAt', limit: 1 })),
  )
  const credentials = lastUsed.flatMap((page) => page.data)
  return {
    isDescribed: apis.length > 0,
    isCreated: credentials.length > 0,
    isCalled: credentials.some(({ lastUsedAt }) => lastUsedAt !== null),
  }
}
