import type { ResponseBody, routes } from '@keyporter/contract'
import type { AuthKind } from '@keyporter/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'

/** How a third party's API is reached and signed in to. */
export type Integration = ResponseBody<typeof routes.integrations.get>

/** The values of an integration for one organization, or for all of them. Never a secret. */
export type Connection = ResponseBody<typeof routes.connections.put>

export type { AuthKind }

/** The name under which the values that serve every organization are addressed. */
export const SHARED = 'shared'

/** Settings of an `auth`, as the API shows them: of any kind, by their names. */
export type Settings = Readonly<Record<string, unknown>>

export function useIntegration(id: string | undefined) {
  const { client, scope } = useActing()
  return useQuery({
    queryKey: [...scope, 'integrations', 'get', id],
    queryFn: () => client.integrations.get({ id: id ?? '' }),
    enabled: id !== undefined,
  })
}

const CONNECTIONS_MAX = 100

/** The connections of an integration: the shared one first, then by organization. */
export function useConnections(id: string | undefined, refetchMs: number | false = false) {
  const { client, scope } = useActing()
  const mayRead = useCan('CONNECTION_READ')
  return useQuery({
    queryKey: [...scope, 'integrations', 'connections', id],
    queryFn: () => client.connections.list({ id: id ?? '', limit: CONNECTIONS_MAX }),
    enabled: id !== undefined && mayRead,
    refetchInterval: refetchMs,
  })
}

/** Asks for everything about integrations again. */
export function useRenewIntegrations(): () => Promise<void> {
  const { scope } = useActing()
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: [...scope, 'integrations'] })
}

/** Whether whoever is signed in may change integrations and their values. */
export function useMayEditIntegrations(): boolean {
  const mayWrite = useCan('INTEGRATION_WRITE')
  const mayConnect = useCan('CONNECTION_WRITE')
  return mayWrite && mayConnect
}

/** The host that an integration leads to; the address as it stands where it is none. */
export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl
}
