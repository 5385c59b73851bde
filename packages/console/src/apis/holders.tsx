import type { Keyporter } from '@keyporter/sdk'
import { SdkError } from '@keyporter/sdk'
import { Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { useCan, useWhoAmI } from '../api/session.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** In more organizations than this nobody waits for each one to be asked. */
const ORGANIZATIONS_MAX = 25

type HoldersProps = {
  readonly apiId: string
  /** A scope that is to be removed. */
  readonly permission: string
}

/** How many live credentials lose a permission when it is removed from the table. */
export function Holders({ apiId, permission }: HoldersProps) {
  const { client, scope, organizationId } = useActing()
  const { organization } = useWhoAmI()
  const queries = useQueryClient()
  const mayCount = useCan('CREDENTIAL_READ')
  const seesAll = useCan('ORGANIZATION_READ') && organization.operator
  const own = organizationId ?? organization.id
  const count = useQuery({
    queryKey: [...scope, 'credentials', 'holders', apiId, permission],
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
        asked.map((id) => countHolders(client, { organizationId: id, apiId, permission })),
      )
      return { isAll: all !== undefined, count: counts.reduce((sum, one) => sum + one, 0) }
    },
  })
  if (!mayCount || count.isError)
    return <Text size="xs">{text('holdersUnknown', { permission })}</Text>
  if (count.data === undefined)
    return <Text size="xs">{text('holdersLoading', { permission })}</Text>
  const { count: holders, isAll } = count.data
  return (
    <Text size="xs" fw={holders > 0 ? 600 : undefined} c={holders > 0 ? 'red' : undefined}>
      {text(isAll ? 'holders' : 'holdersHere', { count: holders, permission })}
    </Text>
  )
}

/** The ids of all organizations; undefined when these are too many. */
async function allOrganizations(client: Keyporter): Promise<readonly string[] | undefined> {
  const { data, nextCursor } = await client.organizations.list({ limit: ORGANIZATIONS_MAX })
  return nextCursor === null ? data.map(({ id }) => id) : undefined
}

type Where = {
  readonly organizationId: string
  readonly apiId: string
  readonly permission: string
}

async function countHolders(client: Keyporter, where: Where): Promise<number> {
  const { organizationId, apiId, permission } = where
  try {
    const { counts } = await client.credentials.list(
      { apiId, permission, include: 'counts', limit: 1 },
      { organizationId },
    )
    return (counts?.active ?? 0) + (counts?.suspended ?? 0)
  } catch (error) {
    // Issuing is switched off for this organization: nobody there holds anything.
    if (error instanceof SdkError && error.code === 'not_found') return 0
    throw error
  }
}
