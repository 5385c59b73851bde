const HOUR_MS = 3_600_000

/** Idle timeout: a session without a request for this long is expired. */
export const IDLE_TIMEOUT_MS = 12 * HOUR_MS

/** Absolute timeout: activity does not extend a session beyond this. */
export const ABSOLUTE_TIMEOUT_MS = 7 * 24 * HOUR_MS

// Limits the writes to one per session and interval.
const LAST_SEEN_INTERVAL_MS = 5 * 60_000

/** Returns whether the recorded time is old enough to be updated. */
export function shouldRecordLastSeen(lastSeenAt: number, nowMs: number): boolean {
  return nowMs - lastSeenAt >= LAST_SEEN_INTERVAL_MS
}

/** Returns when a session expires unless another request uses it. */
export function expiresAt(session: {
  readonly lastSeenAt: number
  readonly expiresAt: number
}): number {
  return Math.min(session.lastSeenAt + IDLE_TIMEOUT_MS, session.expiresAt)
}

/**
 * Returns the cookie's name. Browsers accept a `__Host-` cookie only over HTTPS, without `Domain` and with
 * `Path=/`, so that a sibling domain cannot set it.
 *
 * @see RFC 6265bis §4.1.3.2
 */
export function cookieName(publicUrl: string): string {
  return isHttps(publicUrl) ? '__Host-keyporter' : 'keyporter'
}

/** Returns the `Set-Cookie` value that sets a session's token. */
export function sessionCookie(publicUrl: string, token: string): string {
  return `${cookieName(publicUrl)}=${token}; ${attributes(publicUrl)}`
}

/** Returns the `Set-Cookie` value that removes the session cookie. */
export function expiredCookie(publicUrl: string): string {
  return `${cookieName(publicUrl)}=; ${attributes(publicUrl)}; Max-Age=0`
}

/** Returns the session token in a `Cookie` header. Undefined when it is missing or malformed. */
export function readSessionCookie(
  publicUrl: string,
  header: string | undefined,
): string | undefined {
  const start = `${cookieName(publicUrl)}=`
  const pair = header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(start))
  const token = pair?.slice(start.length)
  return token !== undefined && /^[A-Za-z0-9_-]{43}$/.test(token) ? token : undefined
}

function attributes(publicUrl: string): string {
  return `Path=/; HttpOnly; SameSite=Strict${isHttps(publicUrl) ? '; Secure' : ''}`
}

function isHttps(publicUrl: string): boolean {
  return publicUrl.startsWith('https://')
}
