import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import { AffectedCredentials } from './affected-credentials.tsx'
import { LineList } from './line-list.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** Each count takes at least one request. */
const COUNTED_MAX = 12

type RemovedPermissionsProps = {
  readonly removed: readonly string[]
  readonly apiId: string | undefined
}

/** Lists removed permissions with the number of credentials that lose each one. */
export function RemovedPermissions({ removed, apiId }: RemovedPermissionsProps) {
  const counted = apiId === undefined ? [] : removed.slice(0, COUNTED_MAX)
  const others = removed.slice(counted.length)
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle aria-hidden />}
      title={text('removedPermissions', { count: removed.length })}
    >
      <Stack gap={4}>
        {counted.map((permission) => (
          <AffectedCredentials key={permission} apiId={apiId ?? ''} permission={permission} />
        ))}
        {others.length > 0 && <LineList lines={others} isCode />}
        <Text size="sm">{text('removedHint')}</Text>
      </Stack>
    </Alert>
  )
}
