import type { Privilege } from '@keyporter/contract'
import { Checkbox, Fieldset, NativeSelect, Stack, Text } from '@mantine/core'
import { catalogue } from '../messages/catalogue.ts'
import { privilegeGroups } from '../privileges/groups.ts'
import { useMayGrant } from '../privileges/may-grant.ts'
import { privilegeDescription, privilegeName } from '../privileges/names.ts'
import { isRoleName, type RoleName, roleNames, roleOf, roles } from '../privileges/roles.ts'
import messages from './messages.json'

const text = catalogue(messages)
const CUSTOM = 'custom'

type PrivilegeChoiceProps = {
  readonly value: readonly Privilege[]
  readonly onChange: (privileges: readonly Privilege[]) => void
}

/** Selects privileges. A role preselects them; each can then be changed. */
export function PrivilegeChoice({ value, onChange }: PrivilegeChoiceProps) {
  const mayGrant = useMayGrant()
  const grantable = (role: RoleName): readonly Privilege[] => roles[role].filter(mayGrant)
  const role = roleOf(value) ?? roleNames.find((name) => isSame(grantable(name), value))
  const isPartial = role !== undefined && grantable(role).length < roles[role].length
  const toggle = (privilege: Privilege): void =>
    onChange(
      value.includes(privilege) ? value.filter((one) => one !== privilege) : [...value, privilege],
    )
  return (
    <Stack gap="md">
      <NativeSelect
        label={text('role')}
        description={role === undefined ? text('roleHint') : text(`role.${role}.description`)}
        value={role ?? CUSTOM}
        onChange={(event) => {
          const { value: chosen } = event.currentTarget
          if (isRoleName(chosen)) onChange(grantable(chosen))
        }}
        data={[
          ...roleNames.map((name) => ({ value: name, label: text(`role.${name}`) })),
          { value: CUSTOM, label: text('role.custom'), disabled: true },
        ]}
      />
      {isPartial && (
        <Text size="sm" c="dimmed">
          {text('rolePartial')}
        </Text>
      )}
      {privilegeGroups.map(({ name, privileges }) => (
        <Fieldset key={name} legend={text(`group.${name}`)}>
          <Stack gap="sm">
            {privileges.map((privilege) => (
              <Checkbox
                key={privilege}
                aria-label={privilegeName(privilege)}
                label={privilegeName(privilege)}
                description={
                  mayGrant(privilege) ? privilegeDescription(privilege) : text('cannotGrant')
                }
                disabled={!mayGrant(privilege)}
                checked={value.includes(privilege)}
                onChange={() => toggle(privilege)}
              />
            ))}
          </Stack>
        </Fieldset>
      ))}
    </Stack>
  )
}

function isSame(one: readonly Privilege[], other: readonly Privilege[]): boolean {
  return one.length === other.length && one.every((privilege) => other.includes(privilege))
}
