import {
  IconCopyPlus,
  IconPencil,
  IconPlugConnected,
  IconTrash,
  IconWorldUp,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useCan } from '../../api/session.ts'
import { AuditItem } from '../../components/audit-item.tsx'
import { useDialogUrl } from '../../components/dialog-url.ts'
import { MenuItem } from '../../components/menu.tsx'
import { RowMenu } from '../../components/row-menu.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Integration } from '../integration.ts'
import messages from '../messages.json'

const text = catalogue(messages)

type IntegrationMenuProps = {
  readonly integration: Integration
  readonly mayWrite: boolean
  readonly mayDelete: boolean
}

/** The actions menu of a row. */
export function IntegrationMenu({ integration, mayWrite, mayDelete }: IntegrationMenuProps) {
  const { id, name, environment } = integration
  const mayCall = useCan('CALL_WRITE')
  const { open } = useDialogUrl()
  const isTest = environment === 'test'
  return (
    <RowMenu name={name}>
      <MenuItem
        icon={IconPencil}
        render={(props) => <Link {...props} to="/integrations/$id" params={{ id }} />}
      >
        {text(mayWrite ? 'edit' : 'open')}
      </MenuItem>
      {mayCall && (
        <MenuItem
          icon={IconPlugConnected}
          render={(props) => (
            <Link {...props} to="/integrations/$id" params={{ id }} search={{ dialog: 'test' }} />
          )}
        >
          {text('testOpen')}
        </MenuItem>
      )}
      {mayWrite && (
        <MenuItem
          icon={IconCopyPlus}
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
          icon={IconWorldUp}
          render={(props) => (
            <Link {...props} to="/integrations/new" search={{ from: id, environment: undefined }} />
          )}
        >
          {text('copyToProduction')}
        </MenuItem>
      )}
      <AuditItem targetId={id} />
      {mayDelete && (
        <MenuItem isDangerous icon={IconTrash} onClick={() => open('delete', id)}>
          {text('delete')}
        </MenuItem>
      )}
    </RowMenu>
  )
}
