import { useQuery } from '@tanstack/react-query'
import { useActing } from './acting.ts'
import { type CurrentSession, useCurrentSession } from './session.ts'

type Feature = keyof CurrentSession['organization']['features']

/** Returns whether a feature is enabled for the current organization; undefined while loading. */
export function useFeature(feature: Feature): boolean | undefined {
  const { organization, permissions } = useCurrentSession()
  const { client, scope, organizationId } = useActing()
  const isOwn = organizationId === undefined || organizationId === organization.id
  const mayAsk = permissions.includes('ORGANIZATION_READ')
  const other = useQuery({
    queryKey: [...scope, 'organizations', 'get', organizationId],
    queryFn: () => client.organizations.get({ id: organizationId ?? '' }),
    enabled: !isOwn && mayAsk,
  })
  if (isOwn) return organization.features[feature]
  // Without permission to read the organization, rely on the server to reject requests.
  return mayAsk ? other.data?.features[feature] : true
}
