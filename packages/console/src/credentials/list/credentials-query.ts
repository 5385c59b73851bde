import type { ResponseBody, routes } from '@keyporter/contract'
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useActing } from '../../api/acting.ts'
import { useCan } from '../../api/session.ts'
import type { CredentialStatus, CredentialWarning } from '../credential.ts'
import type { ListState, View } from './list-search.ts'

export type CredentialPage = ResponseBody<typeof routes.credentials.list>
/** An API as a list returns it. */
export type ApiSummary = ResponseBody<typeof routes.apis.list>['data'][number]

/** The number of credentials by status and by warning. */
export type Counts = {
  readonly counts: Readonly<Record<CredentialStatus, number>>
  readonly warningCounts: Readonly<Record<CredentialWarning | 'any', number>>
}

/** Loads the page of the URL, with counts. */
export function useCredentialPage({
  filters,
  sort,
  limit,
  search,
}: ListState): UseQueryResult<CredentialPage> {
  const { client, scope } = useActing()
  const { cursor } = search
  return useQuery({
    queryKey: [...scope, 'credentials', 'list', filters, sort, limit, cursor],
    queryFn: () => client.credentials.list({ ...filters, sort, limit, cursor, include: 'counts' }),
    // Keeps the previous page while loading, unless it belongs to another organization.
    placeholderData: (before, query) =>
      query?.queryKey[1] === scope[1] ? keepPreviousData(before) : undefined,
  })
}

/** Loads the counts of the environment, without filters. */
export function useAllCounts(): UseQueryResult<CredentialPage> {
  const { client, scope, environment } = useActing()
  return useQuery({
    queryKey: [...scope, 'credentials', 'counts', environment],
    queryFn: () => client.credentials.list({ environment, limit: 1, include: 'counts' }),
  })
}

const APIS_MAX = 100

/** Loads the APIs; empty if the member cannot read them. */
export function useApis(): readonly ApiSummary[] {
  const { client, scope } = useActing()
  const apis = useQuery({
    queryKey: [...scope, 'apis', 'list', 'all'],
    queryFn: () => client.apis.list({ limit: APIS_MAX }),
    enabled: useCan('API_READ'),
  })
  return apis.data?.data ?? []
}

/** Returns the counts of a response that includes them. */
export function countsOf({ counts, warningCounts }: CredentialPage): Counts {
  return {
    counts: { ...noCounts, ...counts },
    warningCounts: { ...noWarnings, ...warningCounts },
  }
}

const noCounts = { active: 0, suspended: 0, expired: 0, revoked: 0 }
const noWarnings = { any: 0, expiring_soon: 0, never_used: 0, unused: 0, rejected_requests: 0 }

/** Returns the number of credentials in a view. */
export function countOfView(view: View, { counts, warningCounts }: Counts): number {
  const current = counts.active + counts.suspended + counts.expired
  if (view === 'current') return current
  if (view === 'all') return current + counts.revoked
  return view === 'warnings' ? warningCounts.any : counts[view]
}
