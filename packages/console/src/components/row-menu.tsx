import { ActionIcon } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { Menu } from './menu.tsx'
import messages from './messages.json'

const text = catalogue(messages)

type RowMenuProps = {
  /** The name of the row's object. */
  readonly name: string
  readonly children: ReactNode
}

/** The actions menu at the end of a row. */
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
