import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { useCurrentSession } from '../api/session.ts'
import type { AuditEvent } from './audit-event.ts'

/** Types of actors and targets that have a page, with the permission that the page requires. */
const pages: Readonly<Record<string, { readonly path: string; readonly needs: string }>> = {
  credential: { path: '/credentials/$id', needs: 'CREDENTIAL_READ' },
  member: { path: '/members/$id', needs: 'MEMBER_READ' },
  api: { path: '/apis/$id', needs: 'API_READ' },
  integration: { path: '/integrations/$id', needs: 'INTEGRATION_READ' },
}

type EntityLinkProps = {
  readonly entity: AuditEvent['actor'] | AuditEvent['target']
  /** Whether the entity belongs to the organization of this log. Others have no page here. */
  readonly isOwn?: boolean
}

/** The name of an actor or target, linked to its page if there is one. */
export function EntityLink({ entity, isOwn = true }: EntityLinkProps) {
  const { type, id, name } = entity
  const { permissions } = useCurrentSession()
  const page = pages[type]
  if (page === undefined || id === null || !isOwn || !permissions.includes(page.needs)) {
    return <strong>{name}</strong>
  }
  return (
    <Anchor
      inherit
      fw={600}
      renderRoot={(props) => <Link {...props} to={page.path} params={{ id }} />}
    >
      {name}
    </Anchor>
  )
}

/** The actor of an event. Members of the operator have no page in another organization. */
export function ActorLink({ actor }: Pick<AuditEvent, 'actor'>) {
  const { organizationId } = useActing()
  return (
    <EntityLink
      entity={actor}
      isOwn={organizationId === undefined || actor.type === 'credential'}
    />
  )
}
