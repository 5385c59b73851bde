import { ActionIcon } from '@mantine/core'
import {
  IconCopyPlus,
  IconDots,
  IconHistory,
  IconPencil,
  IconPlugConnected,
  IconTrash,
  IconWorldUp,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useCan } from '../../api/session.ts'
import { useDialogAddress } from '../../components/dialog-address.ts'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Integration } from '../integration.ts'
import messages from '../messages.json'

const text = catalogue(messages)
const sharedIcon = { size: 16, 'aria-hidden': true } as const

type RowMenuProps = {
  readonly integration: Integration
  readonly mayWrite: boolean
  readonly mayDelete: boolean
}

/** What can be done with one integration of the list. */
export function RowMenu({ integration, mayWrite, mayDelete }: RowMenuProps) {
  const { id, name, environment } = integration
  const mayCall = useCan('CALL_WRITE')
  const mayAudit = useCan('AUDIT_READ')
  const { open } = useDialogAddress()
  const isTest = environment === 'test'
  return (
    <Menu
      button={(props) => (
        <ActionIcon {...props} variant="subtle" color="gray" aria-label={text('rowMenu', { name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      )}
    >
      <MenuItem
        icon={<IconPencil {...sharedIcon} />}
        render={(props) => <Link {...props} to="/integrations/$id" params={{ id }} />}
      >
        {text(mayWrite ? 'edit' : 'open')}
      </MenuItem>
      {mayCall && (
        <MenuItem
          icon={<IconPlugConnected {...sharedIcon} />}
          render={(props) => (
            <Link {...props} to="/integrations/$id" params={{ id }} search={{ dialog: 'test' }} />
          )}
        >
          {text('testOpen')}
        </MenuItem>
      )}
      {mayWrite && (
        <MenuItem
          icon={<IconCopyPlus {...sharedIcon} />}
          render={(props) => (
            <Link
              {...props}
              to="/integrations/new"
              search={{ from: id, environment: isTest ? 'test' : undefined }}
            />
          )}
        >
          {text('duplicate')}
        </MenuItem>
      )}
      {mayWrite && isTest && (
        <MenuItem
          icon={<IconWorldUp {...sharedIcon} />}
          render={(props) => (
            <Link {...props} to="/integrations/new" search={{ from: id, environment: undefined }} />
          )}
        >
          {text('copyToProduction')}
        </MenuItem>
      )}
      {mayAudit && (
        <MenuItem
          icon={<IconHistory {...sharedIcon} />}
          render={(props) => <Link {...props} to="/audit" search={{ target: id }} />}
        >
          {text('viewAudit')}
        </MenuItem>
      )}
      {mayDelete && (
        <MenuItem
          isDangerous
          icon={<IconTrash {...sharedIcon} />}
          onClick={() => open('delete', id)}
        >
          {text('delete')}
        </MenuItem>
      )}
    </Menu>
  )
}
