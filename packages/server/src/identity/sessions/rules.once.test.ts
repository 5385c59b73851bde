import { describe, expect, it } from 'vitest'
import {
  expiredCookie,
  expiresAt,
  readSessionCookie,
  sessionCookie,
  shouldRecordLastSeen,
} from './rules.ts'

const HTTPS = 'https://keys.example.com'
const HTTP = 'http://127.0.0.1:8080'
const TOKEN = 'a'.repeat(43)
const HOUR = 3_600_000

describe('the session cookie', () => {
  it('is bound to the host, HttpOnly and SameSite=Strict', () => {
    expect(sessionCookie(HTTPS, TOKEN)).toBe(
      `__Host-keyporter=${TOKEN}; Path=/; HttpOnly; SameSite=Strict; Secure`,
    )
  })

  it('has no __Host- prefix over HTTP, which does not allow it', () => {
    expect(sessionCookie(HTTP, TOKEN)).toBe(`keyporter=${TOKEN}; Path=/; HttpOnly; SameSite=Strict`)
  })

  it('is removed with the same attributes', () => {
    expect(expiredCookie(HTTPS)).toBe(
      '__Host-keyporter=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0',
    )
  })

  it('is found among other cookies', () => {
    expect(readSessionCookie(HTTP, `a=1; keyporter=${TOKEN}; b=2`)).toBe(TOKEN)
    expect(readSessionCookie(HTTPS, `__Host-keyporter=${TOKEN}`)).toBe(TOKEN)
  })

  it.each([
    undefined,
    '',
    'keyporter',
    'keyporter=',
    `keyporter=${TOKEN}x`,
    `keyporter=${'a'.repeat(42)}!`,
    `xkeyporter=${TOKEN}`,
    `Keyporter=${TOKEN}`,
  ])('is not read from %s', (header) => {
    expect(readSessionCookie(HTTP, header)).toBeUndefined()
  })

  it('over HTTPS is not read from a name that a sibling domain can set', () => {
    expect(readSessionCookie(HTTPS, `keyporter=${TOKEN}`)).toBeUndefined()
  })
})

describe('a session', () => {
  it('expires twelve hours after its last request, and after seven days in any case', () => {
    expect(expiresAt({ lastSeenAt: 0, expiresAt: 168 * HOUR })).toBe(12 * HOUR)
    expect(expiresAt({ lastSeenAt: 160 * HOUR, expiresAt: 168 * HOUR })).toBe(168 * HOUR)
  })

  it('is recorded as seen at most every five minutes', () => {
    expect(shouldRecordLastSeen(0, 299_999)).toBe(false)
    expect(shouldRecordLastSeen(0, 300_000)).toBe(true)
  })
})
