import { Badge } from '@mantine/core'
import { IconBan, IconCheck, IconMail } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import type { Member } from './member.ts'
import messages from './messages.json'

const text = catalogue(messages)

const looks = {
  active: { color: 'green', icon: IconCheck },
  invited: { color: 'blue', icon: IconMail },
  deactivated: { color: 'gray', icon: IconBan },
} as const

/** Whether somebody signs in, has yet to, or may not. */
export function MemberStatus({ status }: Pick<Member, 'status'>) {
  const { color, icon: Icon } = looks[status]
  return (
    <Badge
      color={color}
      variant="light"
      radius="sm"
      tt="none"
      size="lg"
      fz="xs"
      leftSection={<Icon size={14} aria-hidden />}
    >
      {text(`status.${status}`)}
    </Badge>
  )
}
