import { nameLengthMax } from '@keyporter/contract'
import { IconBan, IconCopy, IconCopyPlus, IconExternalLink } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { useCan } from '../../api/session.ts'
import { announce } from '../../components/announcer.tsx'
import { AuditItem } from '../../components/audit-item.tsx'
import { copyText } from '../../components/copy-text.ts'
import { MenuItem } from '../../components/menu.tsx'
import { RowMenu } from '../../components/row-menu.tsx'
import { shortenTo } from '../../components/text-length.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import messages from './messages.json'

const text = catalogue(messages)

type CredentialMenuProps = {
  readonly credential: Credential
  readonly onRevoke: () => void
}

/** The actions menu of a row. */
export function CredentialMenu({ credential, onRevoke }: CredentialMenuProps) {
  const { id, name, clientId, status } = credential
  const mayWrite = useCan('CREDENTIAL_WRITE')
  const opener = useRef<HTMLSpanElement>(null)
  return (
    <span ref={opener}>
      <RowMenu name={name}>
        <MenuItem
          icon={IconExternalLink}
          render={(props) => <Link {...props} to="/credentials/$id" params={{ id }} />}
        >
          {text('openRow')}
        </MenuItem>
        <MenuItem icon={IconCopy} onClick={() => void copyClientId(clientId, opener.current)}>
          {text('copyId')}
        </MenuItem>
        {mayWrite && (
          <MenuItem
            icon={IconCopyPlus}
            render={(props) => (
              <Link {...props} to="/credentials/new" search={formOf(credential)} />
            )}
          >
            {text('duplicate')}
          </MenuItem>
        )}
        <AuditItem targetId={id} />
        {mayWrite && status !== 'revoked' && (
          <MenuItem isDangerous icon={IconBan} onClick={onRevoke}>
            {text('revoke')}
          </MenuItem>
        )}
      </RowMenu>
    </span>
  )
}

async function copyClientId(clientId: string, element: HTMLElement | null): Promise<void> {
  announce(text((await copyText(clientId, element)) ? 'copiedId' : 'copyFailed'))
}

/** Returns the query parameters that fill in a form with this credential. */
function formOf(credential: Credential): Record<string, string | undefined> {
  const { name, notes, kind, permissions, apiId, environment } = credential
  return {
    name: shortenTo(nameLengthMax, text('duplicateName', { name })),
    notes: notes === '' ? undefined : notes,
    api: apiId,
    permissions: kind === 'scoped' ? permissions.join(',') : undefined,
    environment: environment === 'test' ? 'test' : undefined,
  }
}
