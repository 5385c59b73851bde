import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'

type UnfoldLinkProps = {
  readonly isOpen: boolean
  readonly onToggle: () => void
  readonly children: ReactNode
}

/** Shows, or hides again, what few people need. */
export function UnfoldLink({ isOpen, onToggle, children }: UnfoldLinkProps) {
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
