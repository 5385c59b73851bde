import { Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconMinus } from '@tabler/icons-react'
import { Instant } from '../components/instant.tsx'
import { StatusMark } from '../components/status-mark.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { Connection } from './integration.ts'
import classes from './integrations.module.css'
import messages from './messages.json'

const text = catalogue(messages)

const looks = {
  working: { color: 'green', icon: IconCheck },
  untested: { color: 'gray', icon: IconCircleDashed },
  needs_attention: { color: 'orange', icon: IconAlertTriangle },
  missing: { color: 'yellow', icon: IconMinus },
} as const

type ConnectionBadgeProps = {
  /** Null if no credentials are stored. */
  readonly status: Connection['status'] | null
  readonly statusReason?: Connection['statusReason']
  readonly testedAt?: string | null
}

/** The status of a connection: the result of the last test or token request. */
export function ConnectionBadge({
  status,
  statusReason = null,
  testedAt = null,
}: ConnectionBadgeProps) {
  const shown = status ?? 'missing'
  return (
    <Group gap={6} className={classes.status}>
      <StatusMark {...looks[shown]} isWhole>
        {text(`status.${shown}`)}
      </StatusMark>
      {statusReason !== null && (
        <Text size="xs" c="dimmed">
          {text(`statusReason.${statusReason}`)}
        </Text>
      )}
      {statusReason === null && testedAt !== null && (
        <Text size="xs" c="dimmed" component="div">
          {text.rich('testedAt', { when: <Instant key="when" at={testedAt} /> })}
        </Text>
      )}
    </Group>
  )
}
