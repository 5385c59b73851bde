import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'

type DisclosureLinkProps = {
  readonly isOpen: boolean
  readonly onToggle: () => void
  readonly children: ReactNode
}

/** Shows, or hides again, what few people need. */
export function DisclosureLink({ isOpen, onToggle, children }: DisclosureLinkProps) {
  return (
    <Anchor
      component="button"
      type="button"
      size="sm"
      ta="start"
      aria-expanded={isOpen}
      onClick={onToggle}
    >
      {children}
    </Anchor>
  )
}
