const HOUR_MS = 3_600_000

/** A session that was not seen for so long is over. */
export const IDLE_TIMEOUT_MS = 12 * HOUR_MS

/** However often it is seen, a session is over after so long. */
export const ABSOLUTE_TIMEOUT_MS = 7 * 24 * HOUR_MS

// That a session was seen is written down this often, not at every request.
const LAST_SEEN_INTERVAL_MS = 5 * 60_000

/** Whether it is time to write down that a session was seen. */
export function shouldRecordLastSeen(lastSeenAt: number, nowMs: number): boolean {
  return nowMs - lastSeenAt >= LAST_SEEN_INTERVAL_MS
}

/** When a session ends if nobody uses it again. */
export function expiresAt(session: {
  readonly lastSeenAt: number
  readonly expiresAt: number
}): number {
  return Math.min(session.lastSeenAt + IDLE_TIMEOUT_MS, session.expiresAt)
}

/**
 * The cookie's name. With the prefix `__Host-` a browser takes it over https alone, for this host alone
 * and for every path, so that no neighbour can plant one.
 *
 * @see RFC 6265bis §4.1.3.2
 */
export function cookieName(publicUrl: string): string {
  return isHttps(publicUrl) ? '__Host-keyporter' : 'keyporter'
}

/** The `Set-Cookie` line that carries a session's token. */
export function sessionCookie(publicUrl: string, token: string): string {
  return `${cookieName(publicUrl)}=${token}; ${attributes(publicUrl)}`
}

/** The `Set-Cookie` line that takes the token out of the browser. */
export function expiredCookie(publicUrl: string): string {
  return `${cookieName(publicUrl)}=; ${attributes(publicUrl)}; Max-Age=0`
}

/** The session's token of a `Cookie` header; undefined where there is none, or none of ours. */
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
