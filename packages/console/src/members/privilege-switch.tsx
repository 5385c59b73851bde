import { Group, Loader, Switch, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import type { DisplayedPrivilege } from '../privileges/groups.ts'
import { useMayGrant } from '../privileges/may-grant.ts'
import { privilegeDescription, privilegeName } from '../privileges/names.ts'
import classes from './members.module.css'
import messages from './messages.json'

const text = catalogue(messages)

type PrivilegeSwitchProps = {
  readonly privilege: DisplayedPrivilege
  readonly isHeld: boolean
  readonly isSaving: boolean
  readonly onToggle: () => void
}

/** A switch for one privilege. Disabled if the signed-in member cannot grant the privilege. */
export function PrivilegeSwitch({ privilege, isHeld, isSaving, onToggle }: PrivilegeSwitchProps) {
  const mayGrant = useMayGrant()(privilege)
  const hint = mayGrant ? undefined : text(isHeld ? 'cannotGrantAgain' : 'cannotGrant')
  return (
    <div className={classes.switch}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Switch
          // Keeps the description out of the accessible name.
          aria-label={privilegeName(privilege)}
          label={privilegeName(privilege)}
          description={privilegeDescription(privilege)}
          // Shows the new state while saving, and the previous state if saving fails.
          checked={isSaving ? !isHeld : isHeld}
          onChange={onToggle}
          disabled={!isHeld && !mayGrant}
          flex={1}
        />
        {isSaving && <Loader size="xs" aria-label={text('saving')} role="status" />}
      </Group>
      {hint !== undefined && (
        <Group gap={6} mt={4} c="dimmed" wrap="nowrap">
          <IconLock size={14} aria-hidden />
          <Text size="xs">{hint}</Text>
        </Group>
      )}
    </div>
  )
}
