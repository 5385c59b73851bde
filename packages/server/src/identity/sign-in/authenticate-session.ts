import { permissionsOf } from '@keyporter/contract'
import type { Actor, ContextBase } from '../../kernel/context.ts'
import { classifyStoreError } from '../../store/faults.ts'
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

export type SessionDeps = Pick<ContextBase, 'db' | 'digests' | 'clock' | 'publicUrl'> & {
  /** Writes without an audit event. */
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
}

/** The authenticated member of a session. */
export type SessionPrincipal = {
  readonly actor: Extract<Actor, { readonly kind: 'member' }>
  readonly operator: boolean
  readonly session: true
}

/**
 * Returns the member of the session in a `Cookie` header. Undefined when no active session matches. Reads
 * the current rows, so that changed privileges, deactivation and sign-out apply to the next request.
 */
export async function authenticateSession(
  deps: SessionDeps,
  cookieHeader: string | undefined,
): Promise<SessionPrincipal | undefined> {
  const token = readSessionCookie(deps.publicUrl, cookieHeader)
  if (token === undefined) return undefined
  const now = deps.clock.now()
  const session = await findActiveSession(deps.db, deps.digests.keyedDigest(token), now)
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

/** Ignores an unavailable store, so that members can still read. The session then expires earlier. */
async function tryRecordLastSeen(
  { writeUnaudited }: SessionDeps,
  { id, organizationId, lastSeenAt }: Session,
  nowMs: number,
): Promise<void> {
  if (!shouldRecordLastSeen(lastSeenAt, nowMs)) return
  try {
    await writeUnaudited((tx) => recordLastSeen(tx, organizationId, { id, nowMs }))
  } catch (cause) {
    if (classifyStoreError(cause) !== 'unavailable') throw cause
  }
}
