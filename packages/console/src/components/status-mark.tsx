import { Badge, type MantineColor } from '@mantine/core'
import type { Icon as TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type StatusMarkProps = {
  readonly color: MantineColor
  readonly icon: TablerIcon
  /** The word, which says it all: neither colour nor icon is needed to understand it. */
  readonly children: ReactNode
  /** Whether it is never cut short, such as in a narrow column. */
  readonly isWhole?: boolean
}

/** What something is at the moment: colour, icon and word. */
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
