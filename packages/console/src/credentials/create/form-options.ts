import type { ResponseBody, routes } from '@keyporter/contract'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useActing } from '../../api/acting.ts'
import { useCurrentSession } from '../../api/session.ts'
import type { Credential } from '../credential.ts'
import type { ExpiryPolicy } from './expiry.ts'

/** An API for which a credential can be created. */
export type FormApi = ResponseBody<typeof routes.apis.list>['data'][number]

/** The data that the form needs before it renders. */
export type FormOptions = {
  /** The built-in API comes last. */
  readonly apis: readonly FormApi[]
  readonly policy: ExpiryPolicy
  /** The credential to copy. */
  readonly source: Credential | undefined
}

/** The limits of the management API, used if the member cannot read the organization's policy. */
const ANY: ExpiryPolicy = { defaultLifetimeDays: 90, maxLifetimeDays: 366 }

/** Loads the form data for the current organization. */
export function useFormOptions(sourceId: string | undefined): UseQueryResult<FormOptions> {
  const { client, organizationId, scope } = useActing()
  const { organization, permissions } = useCurrentSession()
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
    // The choices must not change while the form is filled in.
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
