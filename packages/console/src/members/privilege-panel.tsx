import type { Privilege } from '@keyporter/contract'
import { NativeSelect, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useCurrentSession } from '../api/session.ts'
import { announce } from '../components/announcer.tsx'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { useDialogUrl } from '../components/dialog-url.ts'
import { Panel } from '../components/panel.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import {
  type DisplayedPrivilege,
  displayedPrivileges,
  privilegeGroups,
} from '../privileges/groups.ts'
import { privilegeName, privilegePhrase } from '../privileges/names.ts'
import { isRoleName, roleNames, roleOf } from '../privileges/roles.ts'
import type { MemberDetailsProps } from './member-details.tsx'
import { MemberProblem } from './member-problem.tsx'
import classes from './members.module.css'
import messages from './messages.json'
import { PrivilegeSwitch } from './privilege-switch.tsx'
import { RoleDialog } from './role-dialog.tsx'
import { useMemberChange } from './use-member-change.ts'

const text = catalogue(messages)
const CUSTOM = 'custom'

/** The privileges of a member as switches. Each change is saved immediately. */
export function PrivilegePanel({ member, onReload }: MemberDetailsProps) {
  const isOwn = useCurrentSession().actor.id === member.id
  const change = useMemberChange(member)
  const submission = useSubmission()
  const [changed, setChanged] = useState<DisplayedPrivilege>()
  const { dialog, target, open, close } = useDialogUrl()
  const save = async (privilege: DisplayedPrivilege): Promise<boolean> => {
    setChanged(privilege)
    const isGranted = !member.privileges.includes(privilege)
    const others = member.privileges.filter((one) => one !== privilege)
    return submission.run(async () => {
      await change({ privileges: isGranted ? [...others, privilege] : others })
      announce(
        text(isGranted ? 'granted' : 'removed', {
          name: member.name,
          privilege: privilegePhrase(privilege),
        }),
      )
    })
  }
  const toggle = (privilege: DisplayedPrivilege): void => {
    if (isOwn && member.privileges.includes(privilege)) {
      submission.reset()
      return open('remove-own', privilege)
    }
    void save(privilege)
  }
  const removed = displayedPrivileges(member.privileges).find((one) => one === target)
  const isAsking = dialog === 'remove-own' && isOwn && removed !== undefined
  const problem = submission.error !== undefined && (
    <MemberProblem error={submission.error} member={member} onReload={onReload} />
  )
  return (
    <Panel title={text('privileges')} lead={text('privilegesLead')}>
      <RoleSelect held={member.privileges} onChoose={(role) => open('role', role)} />
      {privilegeGroups.map(({ name, privileges }) => (
        <section key={name} aria-labelledby={`group-${name}`}>
          <Title order={3} id={`group-${name}`}>
            {text(`group.${name}`)}
          </Title>
          <ul className={classes.switches}>
            {privileges.map((privilege) => (
              <li key={privilege}>
                <PrivilegeSwitch
                  privilege={privilege}
                  isHeld={member.privileges.includes(privilege)}
                  isSaving={submission.isBusy && changed === privilege}
                  onToggle={() => toggle(privilege)}
                />
                {changed === privilege && !isAsking && problem}
              </li>
            ))}
          </ul>
        </section>
      ))}
      <ConfirmDialog
        opened={isAsking}
        title={text('removeOwnTitle')}
        action={text('removeOwnAction')}
        isDangerous
        submission={submission}
        problem={problem}
        onConfirm={() => {
          if (removed !== undefined) void save(removed).then((done) => done && close())
        }}
        onClose={close}
      >
        <Text>
          {text('removeOwnText', {
            privilege: removed === undefined ? '' : privilegeName(removed),
          })}
        </Text>
      </ConfirmDialog>
      <RoleDialog
        role={dialog === 'role' && target !== undefined && isRoleName(target) ? target : undefined}
        member={member}
        onReload={onReload}
        onClose={close}
      />
    </Panel>
  )
}

type RoleSelectProps = {
  readonly held: readonly Privilege[]
  readonly onChoose: (role: string) => void
}

/** Selects a role. The changes must be confirmed in a dialog. */
function RoleSelect({ held, onChoose }: RoleSelectProps) {
  const role = roleOf(held)
  return (
    <Stack gap={4} maw={320}>
      <NativeSelect
        label={text('role')}
        description={role === undefined ? undefined : text(`role.${role}.description`)}
        value={role ?? CUSTOM}
        onChange={(event) => onChoose(event.currentTarget.value)}
        data={[
          ...(role === undefined ? [{ value: CUSTOM, label: text('role.custom') }] : []),
          ...roleNames.map((name) => ({ value: name, label: text(`role.${name}`) })),
        ]}
      />
    </Stack>
  )
}
