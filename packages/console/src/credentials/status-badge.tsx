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
import type { Attention, CredentialStatus } from './credential.ts'
import messages from './messages.json'

const text = catalogue(messages)

const statuses = {
  active: { color: 'green', icon: IconCircleCheck },
  suspended: { color: 'yellow', icon: IconPlayerPause },
  expired: { color: 'gray', icon: IconClock },
  revoked: { color: 'red', icon: IconBan },
} as const satisfies Record<CredentialStatus, object>

const attentions = {
  expires_soon: { color: 'orange', icon: IconClockExclamation },
  never_used: { color: 'blue', icon: IconHourglassEmpty },
  unused: { color: 'blue', icon: IconMoonStars },
  denied_calls: { color: 'red', icon: IconAlertTriangle },
} as const satisfies Record<Attention, object>

/** What a credential is at the moment: colour, icon and word. */
export function StatusBadge({ status }: { readonly status: CredentialStatus }) {
  return (
    <StatusMark {...statuses[status]} isWhole>
      {text(`status.${status}`)}
    </StatusMark>
  )
}

/** Why somebody should look at a credential, and what to do then. Nothing where all is well. */
export function AttentionChips({ attention }: { readonly attention: readonly Attention[] }) {
  if (attention.length === 0) return null
  return (
    <Group component="span" gap={4}>
      {attention.map((reason) => {
        const { color, icon: Icon } = attentions[reason]
        return (
          <Badge
            key={reason}
            color={color}
            size="md"
            fw={600}
            miw="max-content"
            title={text(`attention.${reason}.advice`)}
            leftSection={<Icon size={12} aria-hidden />}
          >
            {text(`attention.${reason}`)}
            <VisuallyHidden component="span">
              {' '}
              ({text(`attention.${reason}.advice`)})
            </VisuallyHidden>
          </Badge>
        )
      })}
    </Group>
  )
}

/** A status in a word. */
export function statusName(status: CredentialStatus): string {
  return text(`status.${status}`)
}

/** A reason to look at a credential, in words. */
export function attentionName(reason: Attention): string {
  return text(`attention.${reason}`)
}
