import { permissionsOf } from '@keyporter/contract'
import type { Actor, ContextBase } from '../../kernel/context.ts'
import { storeFault } from '../../store/faults.ts'
import type { Writer } from '../../store/open.ts'
import { findMember } from '../members/index.ts'
import { findOrganization } from '../organizations/index.ts'
import {
  findActiveSession,
  readSessionCookie,
  recordLastSeen,
  type Session,
  shouldRecordLastSeen,
} from '../sessions/index.ts'

/** What authenticating a session needs. */
export type SessionDeps = Pick<ContextBase, 'db' | 'digests' | 'clock' | 'publicUrl'> & {
  /** Writes that change nothing of the product's state, and so need no audit. */
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
}

/** Who a session cookie stands for. */
export type SessionPrincipal = {
  readonly actor: Extract<Actor, { readonly kind: 'member' }>
  readonly operator: boolean
  readonly session: true
}

/**
 * The member whose session a `Cookie` header carries, as they are now: privileges, deactivation and the
 * end of a session take effect with the next request. Undefined when there is no live session.
 */
export async function authenticateSession(
  deps: SessionDeps,
  cookieHeader: string | undefined,
): Promise<SessionPrincipal | undefined> {
  const token = readSessionCookie(deps.publicUrl, cookieHeader)
  if (token === undefined) return undefined
  const now = deps.clock.now()
  const session = await findActiveSession(deps.db, deps.digests.digest(token), now)
  if (session === undefined) return undefined
  const member = await findMember(deps.db, session.organizationId, session.memberId)
  if (member === undefined || member.deactivatedAt !== null) return undefined
  const organization = await findOrganization(deps.db, member.organizationId)
  if (organization === undefined) return undefined
  await tryRecordLastSeen(deps, session, now)
  const { id, name, organizationId, privileges } = member
  return {
    actor: {
      kind: 'member',
      id,
      name,
      organizationId,
      permissions: permissionsOf(privileges),
      sessionId: session.id,
    },
    operator: organization.operator,
    session: true,
  }
}

/** A store that cannot write must not keep people from reading; the session then ends the sooner. */
async function tryRecordLastSeen(
  { writeUnaudited }: SessionDeps,
  { id, organizationId, lastSeenAt }: Session,
  nowMs: number,
): Promise<void> {
  if (!shouldRecordLastSeen(lastSeenAt, nowMs)) return
  try {
    await writeUnaudited((tx) => recordLastSeen(tx, organizationId, { id, nowMs }))
  } catch (cause) {
    if (storeFault(cause) !== 'unavailable') throw cause
  }
}
