import type { Privilege } from '@keyporter/contract'
import { Group, Loader, Switch, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import { useMayGrant } from '../privileges/may-grant.ts'
import { privilegeDescription, privilegeName } from '../privileges/names.ts'
import classes from './members.module.css'
import messages from './messages.json'

const text = catalogue(messages)

type PrivilegeSwitchProps = {
  readonly privilege: Privilege
  readonly isHeld: boolean
  readonly isSaving: boolean
  readonly onTurn: () => void
}

/** One privilege, given or not. Locked where whoever looks at it could not give it. */
export function PrivilegeSwitch({ privilege, isHeld, isSaving, onTurn }: PrivilegeSwitchProps) {
  const mayGrant = useMayGrant()(privilege)
  const hint = mayGrant ? undefined : text(isHeld ? 'cannotGrantAgain' : 'cannotGrant')
  return (
    <div className={classes.switch}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Switch
          // Else the description would be a part of the name, and be read out twice.
          aria-label={privilegeName(privilege)}
          label={privilegeName(privilege)}
          description={privilegeDescription(privilege)}
          // While it is saved it stands where it was turned to; refused, it goes back.
          checked={isSaving ? !isHeld : isHeld}
          onChange={onTurn}
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
