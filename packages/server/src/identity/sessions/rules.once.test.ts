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
  it('is bound to the host and kept from scripts and other sites', () => {
    expect(sessionCookie(HTTPS, TOKEN)).toBe(
      `__Host-keyporter=${TOKEN}; Path=/; HttpOnly; SameSite=Strict; Secure`,
    )
  })

  it('works over plain http on one’s own machine, without the prefix that http forbids', () => {
    expect(sessionCookie(HTTP, TOKEN)).toBe(`keyporter=${TOKEN}; Path=/; HttpOnly; SameSite=Strict`)
  })

  it('is taken away with the same attributes', () => {
    expect(expiredCookie(HTTPS)).toBe(
      '__Host-keyporter=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0',
    )
  })

  it('is found among others', () => {
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
  ])('is none of %s', (header) => {
    expect(readSessionCookie(HTTP, header)).toBeUndefined()
  })

  it('over https is never read from a name that a neighbour could set', () => {
    expect(readSessionCookie(HTTPS, `keyporter=${TOKEN}`)).toBeUndefined()
  })
})

describe('a session', () => {
  it('ends twelve hours after it was seen, and after seven days in any case', () => {
    expect(expiresAt({ lastSeenAt: 0, expiresAt: 168 * HOUR })).toBe(12 * HOUR)
    expect(expiresAt({ lastSeenAt: 160 * HOUR, expiresAt: 168 * HOUR })).toBe(168 * HOUR)
  })

  it('is written down as seen every five minutes at most', () => {
    expect(shouldRecordLastSeen(0, 299_999)).toBe(false)
    expect(shouldRecordLastSeen(0, 300_000)).toBe(true)
  })
})
