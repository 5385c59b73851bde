import type { ResponseBody, routes } from '@keyporter/contract'
import { versionOf } from '@keyporter/sdk'
import { useQuery } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { useCan, useCurrentSession } from '../api/session.ts'

/** An API with its operations. */
export type Api = ResponseBody<typeof routes.apis.get>

/** An API as a list returns it, without operations. */
export type ApiSummary = ResponseBody<typeof routes.apis.list>['data'][number]

/** A method and path with the permissions that a call requires. */
export type Operation = Api['operations'][number]

/** Loads an API with its operations. */
export function useApi(id: string) {
  const { client, scope } = useActing()
  return useQuery({
    queryKey: [...scope, 'apis', 'get', id],
    queryFn: () => client.apis.get({ id }),
    structuralSharing: keepSame,
  })
}

/** Keeps the previous object if nothing changed: an API can have 20,000 operations to sort and render. */
function keepSame(before: unknown, after: unknown): unknown {
  if (!isApi(before) || !isApi(after)) return after
  const isSame =
    versionOf(before) === versionOf(after) && before.grantable.join() === after.grantable.join()
  return isSame ? before : after
}

function isApi(value: unknown): value is Api {
  return typeof value === 'object' && value !== null && 'grantable' in value
}

/** Returns whether the member may change the catalogue, which belongs to the operator organization. */
export function useMayEditApis(): boolean {
  const { organization } = useCurrentSession()
  const mayWrite = useCan('API_WRITE')
  return organization.operator && mayWrite
}
