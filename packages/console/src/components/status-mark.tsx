import { Badge, type MantineColor } from '@mantine/core'
import type { Icon as TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type StatusMarkProps = {
  readonly color: MantineColor
  readonly icon: TablerIcon
  /** The word, which says it all: neither colour nor icon is needed to understand it. */
  readonly children: ReactNode
}

/** What something is at the moment: colour, icon and word. */
export function StatusMark({ color, icon: Icon, children }: StatusMarkProps) {
  return (
    <Badge
      color={color}
      size="lg"
      fz="xs"
      miw="max-content"
      leftSection={<Icon size={14} aria-hidden />}
    >
      {children}
    </Badge>
  )
}
