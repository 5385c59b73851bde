import { ActionIcon, Menu } from '@mantine/core'
import {
  IconBan,
  IconCopy,
  IconCopyPlus,
  IconDots,
  IconExternalLink,
  IconHistory,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { useCan } from '../../api/session.ts'
import { announce } from '../../components/announcer.tsx'
import { copyText } from '../../components/copy-text.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import messages from './messages.json'

const text = catalogue(messages)
const sharedIcon = { size: 16, 'aria-hidden': true } as const

type RowMenuProps = {
  readonly credential: Credential
  readonly onRevoke: () => void
}

/** What can be done with one credential of the list. */
export function RowMenu({ credential, onRevoke }: RowMenuProps) {
  const { id, name, clientId, status } = credential
  const mayWrite = useCan('CREDENTIAL_WRITE')
  const mayAudit = useCan('AUDIT_READ')
  const target = useRef<HTMLButtonElement>(null)
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          ref={target}
          variant="subtle"
          color="gray"
          aria-label={text('rowMenu', { name })}
        >
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconExternalLink {...sharedIcon} />}
          renderRoot={(props) => <Link {...props} to="/credentials/$id" params={{ id }} />}
        >
          {text('openRow')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCopy {...sharedIcon} />}
          onClick={() => void copyClientId(clientId, target.current)}
        >
          {text('copyId')}
        </Menu.Item>
        {mayWrite && (
          <Menu.Item
            leftSection={<IconCopyPlus {...sharedIcon} />}
            renderRoot={(props) => (
              <Link {...props} to="/credentials/new" search={formOf(credential)} />
            )}
          >
            {text('duplicate')}
          </Menu.Item>
        )}
        {mayAudit && (
          <Menu.Item
            leftSection={<IconHistory {...sharedIcon} />}
            renderRoot={(props) => <Link {...props} to="/audit" search={{ target: id }} />}
          >
            {text('viewAudit')}
          </Menu.Item>
        )}
        {mayWrite && status !== 'revoked' && (
          <>
            <Menu.Divider />
            <Menu.Item
              color="red"
              leftSection={<IconBan {...sharedIcon} />}
              onClick={() => {
                // The dialog gives the focus back to whatever has it now: the item is gone by then.
                target.current?.focus()
                onRevoke()
              }}
            >
              {text('revoke')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

async function copyClientId(clientId: string, element: HTMLElement | null): Promise<void> {
  announce(text((await copyText(clientId, element)) ? 'copiedId' : 'copyFailed'))
}

const NAME_MAX = 64

/** The address of a form that is filled in with what this credential has. */
function formOf(credential: Credential): Record<string, string | undefined> {
  const { name, notes, kind, permissions, apiId, environment } = credential
  return {
    name: Array.from(text('duplicateName', { name })).slice(0, NAME_MAX).join(''),
    notes: notes === '' ? undefined : notes,
    api: apiId,
    kind: kind === 'full_access' ? kind : undefined,
    permissions: kind === 'scoped' ? permissions.join(',') : undefined,
    environment: environment === 'test' ? 'test' : undefined,
  }
}
