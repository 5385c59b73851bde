import type { ResponseBody, routes } from '@keyporter/contract'
import type { AuthKind } from '@keyporter/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'

/** An integration, as the management API returns it. */
export type Integration = ResponseBody<typeof routes.integrations.get>

/** The connection of one organization, or the shared one. Responses never contain secrets. */
export type Connection = ResponseBody<typeof routes.connections.put>

export type { AuthKind }

/** The path segment of the connection that all organizations share. */
export const SHARED = 'shared'

/** The settings of an `auth` object of any authentication type, by name. */
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

/** Loads the connections of an integration: the shared one first, then by organization. */
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

/** Returns a function that invalidates all integration queries. */
export function useInvalidateIntegrations(): () => Promise<void> {
  const { scope } = useActing()
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: [...scope, 'integrations'] })
}

/** Returns whether the member can edit integrations and their connections. */
export function useMayEditIntegrations(): boolean {
  const mayWrite = useCan('INTEGRATION_WRITE')
  const mayConnect = useCan('CONNECTION_WRITE')
  return mayWrite && mayConnect
}

/** Returns the host of a URL, or the input if it is not a URL. */
export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl
}
