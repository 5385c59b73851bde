import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { IDLE_TIMEOUT_MS } from './rules.ts'

/** A stored session. Contains the digest of the token, never the token. */
export type Session = Tables['sessions']

/** Inserts a session. */
export async function insertSession(tx: Writer, session: Session): Promise<void> {
  await tx.insertInto('sessions').values(session).execute()
}

/** Returns the active session with this token digest, in any organization. */
export async function findActiveSession(
  db: Reader,
  digest: string,
  nowMs: number,
): Promise<Session | undefined> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('digest', '=', digest)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', nowMs)
    .where('lastSeenAt', '>', nowMs - IDLE_TIMEOUT_MS)
    .executeTakeFirst()
}

/** Returns a member's active sessions, newest first. */
export async function selectActiveSessions(
  db: Reader,
  organizationId: string,
  { memberId, nowMs }: { readonly memberId: string; readonly nowMs: number },
): Promise<readonly Session[]> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', memberId)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', nowMs)
    .where('lastSeenAt', '>', nowMs - IDLE_TIMEOUT_MS)
    .orderBy('id', 'desc')
    .execute()
}

/** Ends one of a member's sessions. Returns false when the member has no such session that is not ended. */
export async function endSessionRow(
  tx: Writer,
  organizationId: string,
  {
    id,
    memberId,
    nowMs,
  }: { readonly id: string; readonly memberId: string; readonly nowMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('sessions')
    .set({ endedAt: nowMs })
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', memberId)
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Ends all sessions of a member, except `exceptSessionId`. */
export async function endSessionsOf(
  tx: Writer,
  organizationId: string,
  {
    memberId,
    nowMs,
    exceptSessionId,
  }: { readonly memberId: string; readonly nowMs: number; readonly exceptSessionId?: string },
): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ endedAt: nowMs })
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', memberId)
    .where('id', '!=', exceptSessionId ?? '')
    .where('endedAt', 'is', null)
    .execute()
}

/** Records when a session was last seen. Does not change an ended session. */
export async function recordLastSeen(
  tx: Writer,
  organizationId: string,
  { id, nowMs }: { readonly id: string; readonly nowMs: number },
): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ lastSeenAt: nowMs })
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('lastSeenAt', '<', nowMs)
    .where('endedAt', 'is', null)
    .execute()
}
