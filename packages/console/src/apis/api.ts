import type { Answer, routes } from '@keyporter/contract'
import { versionOf } from '@keyporter/sdk'
import { useQuery } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { useCan, useWhoAmI } from '../api/session.ts'

/** An api with everything about it. */
export type Api = Answer<typeof routes.apis.get>

/** An api as lists show it. */
export type ApiSummary = Answer<typeof routes.apis.list>['data'][number]

/** Method and path, and the permissions that a call of it needs. */
export type Operation = Api['operations'][number]

/** One api, with its operations. */
export function useApi(id: string) {
  const { client, scope } = useActing()
  return useQuery({
    queryKey: [...scope, 'apis', 'get', id],
    queryFn: () => client.apis.get({ id }),
    structuralSharing: keepSame,
  })
}

/** What did not change stays the very same, so that nothing is drawn or sorted again of 20,000 operations. */
function keepSame(before: unknown, after: unknown): unknown {
  if (!isApi(before) || !isApi(after)) return after
  const isSame =
    versionOf(before) === versionOf(after) && before.grantable.join() === after.grantable.join()
  return isSame ? before : after
}

function isApi(value: unknown): value is Api {
  return typeof value === 'object' && value !== null && 'grantable' in value
}

/** Whether whoever is signed in may change the catalogue: it belongs to the operator. */
export function useMayEditApis(): boolean {
  const { organization } = useWhoAmI()
  const mayWrite = useCan('API_WRITE')
  return organization.operator && mayWrite
}
