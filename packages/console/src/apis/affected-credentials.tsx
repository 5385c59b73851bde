import type { Keyporter } from '@keyporter/sdk'
import { SdkError } from '@keyporter/sdk'
import { Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { useCan, useCurrentSession } from '../api/session.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** With more organizations than this, only the current one is counted: each takes a request. */
const ORGANIZATIONS_MAX = 25

type AffectedCredentialsProps = {
  readonly apiId: string
  /** The scope to be removed. */
  readonly permission: string
}

/** Shows how many active or suspended credentials lose a permission when it is removed. */
export function AffectedCredentials({ apiId, permission }: AffectedCredentialsProps) {
  const { client, scope, organizationId } = useActing()
  const { organization } = useCurrentSession()
  const queries = useQueryClient()
  const mayCount = useCan('CREDENTIAL_READ')
  const seesAll = useCan('ORGANIZATION_READ') && organization.operator
  const own = organizationId ?? organization.id
  const count = useQuery({
    queryKey: [...scope, 'credentials', 'affected', apiId, permission],
    enabled: mayCount,
    queryFn: async () => {
      const all = seesAll
        ? await queries.fetchQuery({
            queryKey: [...scope, 'organizations', 'all', ORGANIZATIONS_MAX],
            queryFn: () => allOrganizations(client),
          })
        : undefined
      const asked = all ?? [own]
      const counts = await Promise.all(
        asked.map((id) => countCredentials(client, { organizationId: id, apiId, permission })),
      )
      return { isAll: all !== undefined, count: counts.reduce((sum, one) => sum + one, 0) }
    },
  })
  if (!mayCount || count.isError)
    return <Text size="xs">{text('affectedUnknown', { permission })}</Text>
  if (count.data === undefined)
    return <Text size="xs">{text('affectedLoading', { permission })}</Text>
  const { count: affected, isAll } = count.data
  return (
    <Text size="xs" fw={affected > 0 ? 600 : undefined} c={affected > 0 ? 'red' : undefined}>
      {text(isAll ? 'affectedCredentials' : 'affectedCredentialsHere', {
        count: affected,
        permission,
      })}
    </Text>
  )
}

/** Returns the ids of all organizations; undefined if there are more than `ORGANIZATIONS_MAX`. */
async function allOrganizations(client: Keyporter): Promise<readonly string[] | undefined> {
  const { data, nextCursor } = await client.organizations.list({ limit: ORGANIZATIONS_MAX })
  return nextCursor === null ? data.map(({ id }) => id) : undefined
}

type Where = {
  readonly organizationId: string
  readonly apiId: string
  readonly permission: string
}

async function countCredentials(client: Keyporter, where: Where): Promise<number> {
  const { organizationId, apiId, permission } = where
  try {
    const { counts } = await client.credentials.list(
      { apiId, permission, include: 'counts', limit: 1 },
      { organizationId },
    )
    return (counts?.active ?? 0) + (counts?.suspended ?? 0)
  } catch (error) {
    // 404: the issuing feature is off for this organization, so it has no credentials.
    if (error instanceof SdkError && error.code === 'not_found') return 0
    throw error
  }
}
