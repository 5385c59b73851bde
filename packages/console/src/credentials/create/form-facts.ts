import type { Answer, routes } from '@keyporter/contract'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useActing } from '../../api/acting.ts'
import { useWhoAmI } from '../../api/session.ts'
import type { Credential } from '../credential.ts'
import type { ExpiryPolicy } from './expiry.ts'

/** An api that a credential can be for. */
export type FormApi = Answer<typeof routes.apis.list>['data'][number]

/** What has to be known before a form can be drawn. */
export type FormFacts = {
  /** Those of the organization first, the built-in one last. */
  readonly apis: readonly FormApi[]
  readonly policy: ExpiryPolicy
  /** The credential that is to be copied. */
  readonly source: Credential | undefined
}

/** What the API itself allows, where the organization's own policy is not ours to see. */
const ANY: ExpiryPolicy = { defaultLifetimeDays: 90, maxLifetimeDays: 366 }

/** Loads what the form asks for, for the organization that is acted for. */
export function useFormFacts(sourceId: string | undefined): UseQueryResult<FormFacts> {
  const { client, organizationId, scope } = useActing()
  const { organization, permissions } = useWhoAmI()
  const isOther = organizationId !== undefined && organizationId !== organization.id
  const findPolicy = async (): Promise<ExpiryPolicy> => {
    if (!isOther) return organization.policy
    if (!permissions.includes('ORGANIZATION_READ')) return ANY
    return (await client.organizations.get({ id: organizationId })).policy
  }
  const findApis = async (): Promise<readonly FormApi[]> => {
    const found: FormApi[] = []
    for await (const api of client.apis.list({ limit: 100 })) found.push(api)
    return found.toSorted((one, other) => Number(one.builtIn) - Number(other.builtIn))
  }
  return useQuery({
    queryKey: [...scope, 'credentials', 'form', sourceId ?? '', organization.policy],
    // What one is choosing from does not change under one's hands.
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const [apis, policy, source] = await Promise.all([
        findApis(),
        findPolicy(),
        sourceId === undefined ? undefined : client.credentials.get({ id: sourceId }),
      ])
      return { apis, policy, source }
    },
  })
}
