import { NativeSelect, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { anonymousClient } from '../api/clients.ts'
import { useCan, useCurrentSession } from '../api/session.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Size of the selection list. Further organizations are on the Organizations page. */
const OPTIONS_MAX = 100

/** Selects the organization that the pages act for. Only members of the operator can change it. */
export function OrganizationSwitch() {
  const { organization } = useCurrentSession()
  const mayChoose = useCan('ORGANIZATION_READ') && organization.operator
  const { organizationId } = useActing()
  const navigate = useNavigate()
  const others = useQuery({
    queryKey: ['organizations', 'offered'],
    queryFn: () => anonymousClient.organizations.list({ limit: OPTIONS_MAX }),
    enabled: mayChoose,
  })
  const options = others.data?.data ?? []
  if (!mayChoose || options.length < 2) {
    return (
      <Text size="sm" fw={600} truncate visibleFrom="xs" maw={220}>
        {organization.name}
      </Text>
    )
  }
  const own = organization.id
  const choose = (id: string): void =>
    void navigate({ to: '/credentials', search: { organization: id === own ? undefined : id } })
  const current = organizationId ?? own
  const isListed = options.some(({ id }) => id === current)
  return (
    <NativeSelect
      size="xs"
      maw={200}
      aria-label={text('organization')}
      value={current}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[
        ...(isListed ? [] : [{ value: current, label: current }]),
        ...options.map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  )
}
