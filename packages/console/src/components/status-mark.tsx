import { Badge, type MantineColor } from '@mantine/core'
import type { Icon as TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type StatusMarkProps = {
  readonly color: MantineColor
  readonly icon: TablerIcon
  /** The status in words. Color and icon alone must not convey it. */
  readonly children: ReactNode
  /** Prevents truncation in narrow columns. */
  readonly isWhole?: boolean
}

/** A status badge: color, icon and text. */
export function StatusMark({ color, icon: Icon, children, isWhole = false }: StatusMarkProps) {
  return (
    <Badge
      color={color}
      size="lg"
      fz="xs"
      miw={isWhole ? 'max-content' : undefined}
      leftSection={<Icon size={14} aria-hidden />}
    >
      {children}
    </Badge>
  )
}
