import type { Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import type { Session } from './rows.ts'
import { expiresAt } from './rules.ts'

/** Returns a session for a response. */
export function toSession(
  session: Session,
  currentId: string,
): Output<typeof routes.sessions.list>['data'][number] {
  const { id, ip, userAgent } = session
  return {
    id,
    current: id === currentId,
    createdAt: formatInstant(session.createdAt),
    lastSeenAt: formatInstant(session.lastSeenAt),
    expiresAt: formatInstant(expiresAt(session)),
    ip,
    userAgent,
  }
}
