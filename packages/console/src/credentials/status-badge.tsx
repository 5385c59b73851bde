import { Badge, Group, VisuallyHidden } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconClock,
  IconClockExclamation,
  IconHourglassEmpty,
  IconMoonStars,
  IconPlayerPause,
} from '@tabler/icons-react'
import { StatusMark } from '../components/status-mark.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { CredentialStatus, CredentialWarning } from './credential.ts'
import messages from './messages.json'

const text = catalogue(messages)

const statuses = {
  active: { color: 'green', icon: IconCircleCheck },
  suspended: { color: 'yellow', icon: IconPlayerPause },
  expired: { color: 'gray', icon: IconClock },
  revoked: { color: 'red', icon: IconBan },
} as const satisfies Record<CredentialStatus, object>

const appearances = {
  expiring_soon: { color: 'orange', icon: IconClockExclamation },
  never_used: { color: 'blue', icon: IconHourglassEmpty },
  unused: { color: 'blue', icon: IconMoonStars },
  rejected_requests: { color: 'red', icon: IconAlertTriangle },
} as const satisfies Record<CredentialWarning, object>

/** The status of a credential as color, icon and word. */
export function StatusBadge({ status }: { readonly status: CredentialStatus }) {
  return (
    <StatusMark {...statuses[status]} isWhole>
      {text(`status.${status}`)}
    </StatusMark>
  )
}

/** The warnings about a credential, with advice. */
export function WarningChips({ warnings }: { readonly warnings: readonly CredentialWarning[] }) {
  if (warnings.length === 0) return null
  return (
    <Group component="span" gap={4}>
      {warnings.map((reason) => {
        const { color, icon: Icon } = appearances[reason]
        return (
          <Badge
            key={reason}
            color={color}
            size="md"
            fw={600}
            miw="max-content"
            title={text(`warning.${reason}.advice`)}
            leftSection={<Icon size={12} aria-hidden />}
          >
            {text(`warning.${reason}`)}
            <VisuallyHidden component="span"> ({text(`warning.${reason}.advice`)})</VisuallyHidden>
          </Badge>
        )
      })}
    </Group>
  )
}

/** Returns the label of a status. */
export function statusName(status: CredentialStatus): string {
  return text(`status.${status}`)
}

/** Returns the label of a warning. */
export function warningName(reason: CredentialWarning): string {
  return text(`warning.${reason}`)
}
