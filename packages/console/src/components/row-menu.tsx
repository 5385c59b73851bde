import { ActionIcon } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { Menu } from './menu.tsx'
import messages from './messages.json'

const text = catalogue(messages)

type RowMenuProps = {
  /** What the row is about. */
  readonly name: string
  /** Items of a menu. */
  readonly children: ReactNode
}

/** The menu at the end of a row: what can be done with what it is about. */
export function RowMenu({ name, children }: RowMenuProps) {
  return (
    <Menu
      button={(props) => (
        <ActionIcon {...props} variant="subtle" color="gray" aria-label={text('rowMenu', { name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      )}
    >
      {children}
    </Menu>
  )
}
