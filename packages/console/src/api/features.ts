import { useQuery } from '@tanstack/react-query'
import { useActing } from './acting.ts'
import { useWhoAmI, type WhoAmI } from './session.ts'

type Feature = keyof WhoAmI['organization']['features']

/**
 * Whether a part of the product is switched on for the organization that the pages act for; undefined until
 * that is known.
 */
export function useFeature(feature: Feature): boolean | undefined {
  const { organization, permissions } = useWhoAmI()
  const { client, scope, organizationId } = useActing()
  const isOwn = organizationId === undefined || organizationId === organization.id
  const mayAsk = permissions.includes('ORGANIZATION_READ')
  const other = useQuery({
    queryKey: [...scope, 'organizations', 'get', organizationId],
    queryFn: () => client.organizations.get({ id: organizationId ?? '' }),
    enabled: !isOwn && mayAsk,
  })
  if (isOwn) return organization.features[feature]
  // Who may not look is told by what the server answers.
  return mayAsk ? other.data?.features[feature] : true
}
