import { ActionIcon, Badge, Button } from '@mantine/core'
import { IconBan, IconPencil } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useCan } from '../../api/session.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { ClientId } from '../client-id.tsx'
import { type Credential, isModifiable } from '../credential.ts'
import { StatusBadge } from '../status-badge.tsx'
import messages from './messages.json'
import { NameForm } from './name-form.tsx'

const text = catalogue(messages)

type DetailHeaderProps = { readonly credential: Credential; readonly onRevoke: () => void }

/** The header of a credential page: name, status, environment and the revoke button. */
export function DetailHeader({ credential, onRevoke }: DetailHeaderProps) {
  const mayChange = useCan('CREDENTIAL_WRITE')
  const [isEditing, setEditing] = useState(false)
  const pencil = useRef<HTMLButtonElement>(null)
  const { name, status, environment, clientId } = credential
  const done = (): void => {
    setEditing(false)
    // The button is rendered in the next frame.
    requestAnimationFrame(() => pencil.current?.focus())
  }
  return (
    <PageHeader
      title={name}
      editor={isEditing ? <NameForm credential={credential} onDone={done} /> : undefined}
      lead={<ClientId clientId={clientId} whole />}
      aside={
        <>
          {mayChange && isModifiable(credential) && (
            <ActionIcon
              ref={pencil}
              variant="subtle"
              aria-label={text('changeName')}
              title={text('changeName')}
              onClick={() => setEditing(true)}
            >
              <IconPencil size={18} aria-hidden />
            </ActionIcon>
          )}
          <StatusBadge status={status} />
          <Badge color={environment === 'test' ? 'yellow' : 'gray'} size="lg" fz="xs">
            {text(environment)}
          </Badge>
        </>
      }
      actions={
        mayChange &&
        status !== 'revoked' && (
          <Button
            variant="outline"
            color="red"
            c="var(--mantine-color-error)"
            bd="1px solid var(--mantine-color-error)"
            leftSection={<IconBan size={16} aria-hidden />}
            onClick={onRevoke}
          >
            {text('revoke')}
          </Button>
        )
      }
    />
  )
}
