import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'

type DisclosureLinkProps = {
  readonly isOpen: boolean
  readonly onToggle: () => void
  readonly children: ReactNode
}

/** Button that shows or hides optional content. */
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
