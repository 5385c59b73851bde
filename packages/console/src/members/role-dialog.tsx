import { Stack, Text } from '@mantine/core'
import { announce } from '../components/announcer.tsx'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { useSubmission } from '../components/submission.ts'
import { list } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { displayedPrivileges } from '../privileges/groups.ts'
import { useMayGrant } from '../privileges/may-grant.ts'
import { privilegeName } from '../privileges/names.ts'
import { type RoleName, roles } from '../privileges/roles.ts'
import type { MemberDetailsProps } from './member-details.tsx'
import { MemberProblem } from './member-problem.tsx'
import messages from './messages.json'
import { useMemberChange } from './use-member-change.ts'

const text = catalogue(messages)

type RoleDialogProps = MemberDetailsProps & {
  /** Undefined: closed. */
  readonly role: RoleName | undefined
  readonly onClose: () => void
}

/** Confirms a role, and lists the privileges it grants and removes. */
export function RoleDialog({ role, member, onReload, onClose }: RoleDialogProps) {
  const change = useMemberChange(member)
  const mayGrant = useMayGrant()
  const submission = useSubmission()
  const close = (): void => {
    submission.reset()
    onClose()
  }
  const wanted = role === undefined ? [] : roles[role]
  const isHeld = (privilege: (typeof wanted)[number]): boolean =>
    member.privileges.includes(privilege)
  const notGranted = wanted.filter((privilege) => !isHeld(privilege) && !mayGrant(privilege))
  const next = wanted.filter((privilege) => !notGranted.includes(privilege))
  const parts = {
    roleGrants: next.filter((privilege) => !isHeld(privilege)),
    roleRemoves: member.privileges.filter((privilege) => !wanted.includes(privilege)),
    roleNotGranted: notGranted,
  }
  const changes = parts.roleGrants.length + parts.roleRemoves.length
  const confirm = async (): Promise<void> => {
    if (changes === 0) return close()
    const done = await submission.run(() => change({ privileges: next }))
    if (!done) return
    announce(text('roleChanged', { name: member.name }))
    close()
  }
  return (
    <ConfirmDialog
      opened={role !== undefined}
      title={text('roleTitle', { name: member.name, role: role ?? '' })}
      action={text('roleAction')}
      submission={submission}
      problem={<MemberProblem error={submission.error} member={member} onReload={onReload} />}
      onConfirm={() => void confirm()}
      onClose={close}
    >
      <Stack gap="xs">
        {changes === 0 && <Text>{text('roleUnchanged')}</Text>}
        {(['roleGrants', 'roleRemoves', 'roleNotGranted'] as const)
          .map((part) => ({ part, privileges: displayedPrivileges(parts[part]) }))
          .filter(({ privileges }) => privileges.length > 0)
          .map(({ part, privileges }) => (
            <Text key={part}>
              {text(part, { privileges: list(privileges.map(privilegeName)) })}
            </Text>
          ))}
      </Stack>
    </ConfirmDialog>
  )
}
