import { useQuery } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { useCan, useCurrentSession } from '../api/session.ts'

/** Queries the organization that the page acts for. */
export function useOrganization() {
  const { client, scope, organizationId } = useActing()
  const id = useCurrentSession().organization.id
  const asked = organizationId ?? id
  return useQuery({
    queryKey: [...scope, 'organizations', 'get', asked],
    queryFn: () => client.organizations.get({ id: asked }),
    enabled: useCan('ORGANIZATION_READ'),
  })
}

/** Returns the permissions of the APIs that an organization may use; undefined while loading. */
export function useKnownPermissions(organizationId: string): readonly string[] | undefined {
  const { client, scope } = useActing()
  const apis = useQuery({
    queryKey: [...scope, 'apis', 'list', { of: organizationId }],
    queryFn: () => client.apis.list({ limit: 100 }, { organizationId }),
    enabled: useCan('API_READ'),
  })
  return apis.data?.data.flatMap(({ scopes }) => scopes)
}
