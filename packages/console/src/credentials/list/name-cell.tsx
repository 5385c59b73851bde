import { Anchor, Badge, VisuallyHidden } from '@mantine/core'
import { IconFlask, IconNote } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { catalogue } from '../../messages/catalogue.ts'
import { ClientId } from '../client-id.tsx'
import type { Credential } from '../credential.ts'
import classes from './list.module.css'
import messages from './messages.json'

const text = catalogue(messages)

/** The name of a credential, linked to its page, and its client ID. */
export function NameCell({ credential }: { readonly credential: Credential }) {
  const { id, name, notes, clientId, environment } = credential
  return (
    <div className={classes.name}>
      <div>
        <Anchor
          fw={600}
          size="sm"
          me={6}
          renderRoot={(props) => <Link {...props} to="/credentials/$id" params={{ id }} />}
        >
          <bdi>{name}</bdi>
        </Anchor>
        {environment === 'test' && (
          <Badge color="yellow" size="sm" me={6} leftSection={<IconFlask size={11} aria-hidden />}>
            {text('test')}
          </Badge>
        )}
        {notes !== '' && (
          <span title={notes} className={classes.note}>
            <IconNote size={15} aria-hidden color="var(--mantine-color-dimmed)" />
            <VisuallyHidden component="span">{text('notes', { notes })}</VisuallyHidden>
          </span>
        )}
      </div>
      <ClientId clientId={clientId} name={name} />
    </div>
  )
}
