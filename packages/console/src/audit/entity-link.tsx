import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { useWhoAmI } from '../api/session.ts'
import type { AuditEvent } from './audit-event.ts'

/** Whoever has a page of their own: its address, and the permission without which it cannot be seen. */
const pages: Readonly<Record<string, { readonly path: string; readonly needs: string }>> = {
  credential: { path: '/credentials/$id', needs: 'CREDENTIAL_READ' },
  member: { path: '/members/$id', needs: 'MEMBER_READ' },
  api: { path: '/apis/$id', needs: 'API_READ' },
  integration: { path: '/integrations/$id', needs: 'INTEGRATION_READ' },
}

type EntityLinkProps = {
  readonly party: AuditEvent['actor'] | AuditEvent['target']
  /** Whether it belongs to the organization whose log this is; only then its page is offered. */
  readonly isHere?: boolean
}

/** The name of whoever did something, or to whom it was done; a link where there is a page about it. */
export function EntityLink({ party, isHere = true }: EntityLinkProps) {
  const { type, id, name } = party
  const { permissions } = useWhoAmI()
  const page = pages[type]
  if (page === undefined || id === null || !isHere || !permissions.includes(page.needs)) {
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

/** Who did it. A member of the operator who acts for another organization has no page in it. */
export function ActorLink({ actor }: Pick<AuditEvent, 'actor'>) {
  const { organizationId } = useActing()
  return (
    <EntityLink
      party={actor}
      isHere={organizationId === undefined || actor.type === 'credential'}
    />
  )
}
