import type { Answer, routes } from '@keyporter/contract'
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useActing } from '../../api/acting.ts'
import { useCan } from '../../api/session.ts'
import type { Attention, CredentialStatus } from '../credential.ts'
import type { ListState, View } from './list-search.ts'

export type CredentialPage = Answer<typeof routes.credentials.list>
/** An api, as far as lists show it. */
export type ApiSummary = Answer<typeof routes.apis.list>['data'][number]

/** How many credentials of each sort there are. */
export type Counts = {
  readonly counts: Readonly<Record<CredentialStatus, number>>
  readonly attentionCounts: Readonly<Record<Attention | 'any', number>>
}

/** The page of the list that the address asks for, with counts of everything beside it. */
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
    // What stands there stays until the next page has come; but never another organization's.
    placeholderData: (before, query) =>
      query?.queryKey[1] === scope[1] ? keepPreviousData(before) : undefined,
  })
}

/** Counts of everything there is in this environment, whatever the filters leave. */
export function useAllCounts(): UseQueryResult<CredentialPage> {
  const { client, scope, environment } = useActing()
  return useQuery({
    queryKey: [...scope, 'credentials', 'counts', environment],
    queryFn: () => client.credentials.list({ environment, limit: 1, include: 'counts' }),
  })
}

const APIS_MAX = 100

/** The apis that credentials are for; none where they may not be seen. */
export function useApis(): readonly ApiSummary[] {
  const { client, scope } = useActing()
  const apis = useQuery({
    queryKey: [...scope, 'apis', 'list', 'all'],
    queryFn: () => client.apis.list({ limit: APIS_MAX }),
    enabled: useCan('API_READ'),
  })
  return apis.data?.data ?? []
}

/** The counts of an answer that was asked for them. */
export function countsOf({ counts, attentionCounts }: CredentialPage): Counts {
  return {
    counts: { ...noCounts, ...counts },
    attentionCounts: { ...noAttentions, ...attentionCounts },
  }
}

const noCounts = { active: 0, suspended: 0, expired: 0, revoked: 0 }
const noAttentions = { any: 0, expires_soon: 0, never_used: 0, unused: 0, denied_calls: 0 }

/** How many credentials a view holds. */
export function countOfView(view: View, { counts, attentionCounts }: Counts): number {
  const current = counts.active + counts.suspended + counts.expired
  if (view === 'current') return current
  if (view === 'all') return current + counts.revoked
  return view === 'attention' ? attentionCounts.any : counts[view]
}
