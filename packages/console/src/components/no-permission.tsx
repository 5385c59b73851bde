import { Alert, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { anonymousClient } from '../api/clients.ts'
import { catalogue } from '../messages/catalogue.ts'
import { type PrivilegeName, privilegeName } from '../privileges/names.ts'
import shellMessages from '../shell/messages.json'
import { list } from './time.ts'

const text = catalogue(shellMessages)

/** Shows the required privilege and the members who can grant it. */
export function NoPermission({
  privilege,
  title,
}: {
  readonly privilege: PrivilegeName
  readonly title?: string
}) {
  const grantors = useQuery({
    queryKey: ['grantors', privilege],
    queryFn: () => anonymousClient.sessions.grantors({ privilege }),
  })
  const names = (grantors.data?.data ?? []).map(({ name }) => name)
  return (
    <Alert color="blue" icon={<IconLock aria-hidden />} title={title ?? text('noPermissionTitle')}>
      <Text size="sm">
        {text('noPermission', { privilege: privilegeName(privilege) })}{' '}
        {grantors.isSuccess &&
          (names.length > 0 ? text('grantors', { names: list(names) }) : text('noGrantors'))}
      </Text>
    </Alert>
  )
}
