import { IconBan, IconCheck, IconMail } from '@tabler/icons-react'
import { StatusMark } from '../components/status-mark.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { Member } from './member.ts'
import messages from './messages.json'

const text = catalogue(messages)

const looks = {
  active: { color: 'green', icon: IconCheck },
  invited: { color: 'blue', icon: IconMail },
  deactivated: { color: 'gray', icon: IconBan },
} as const

export function MemberStatus({ status }: Pick<Member, 'status'>) {
  return <StatusMark {...looks[status]}>{text(`status.${status}`)}</StatusMark>
}
