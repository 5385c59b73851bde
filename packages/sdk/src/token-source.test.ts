import { describe, expect, it } from 'vitest'
import { type FetchResponder, json, recordingFetch } from '../../../test/support/recording-fetch.ts'
import { createTokenSource, type TokenSourceOptions } from './token-source.ts'

const HOUR_MS = 3_600_000

function source(response: FetchResponder, options: TokenSourceOptions = {}) {
  let nowMs = 1_800_000_000_000
  const fetch = recordingFetch(response)
  const made = createTokenSource(
    { baseUrl: 'https://k', clientId: 'id', clientSecret: 's', fetch, ...options },
    { now: () => nowMs, random: () => 0, sleep: async () => undefined, env: {} },
  )
  return {
    ...made,
    seen: fetch.seen,
    move: (byMs: number) => {
      nowMs += byMs
    },
  }
}

const numbered: FetchResponder = (_request, index) =>
  json({ access_token: `t${index}`, token_type: 'Bearer', expires_in: 3600 })
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('a token', () => {
  it('is cached for nine tenths of its lifetime', async () => {
    const tokens = source(numbered)
    expect(await tokens.token()).toBe('t0')
    tokens.move(0.9 * HOUR_MS - 1)
    expect(await tokens.token()).toBe('t0')
    expect(tokens.seen).toHaveLength(1)
  })

  it('is renewed in the background while it is valid', async () => {
    const tokens = source(numbered)
    await tokens.token()
    tokens.move(0.9 * HOUR_MS)
    expect([await tokens.token(), await tokens.token()]).toStrictEqual(['t0', 't0'])
    await settle()
    expect(await tokens.token()).toBe('t1')
    expect(tokens.seen).toHaveLength(2)
  })

  it('is not used in its last 5 seconds', async () => {
    const tokens = source(numbered)
    await tokens.token()
    tokens.move(HOUR_MS - 5_000)
    expect(await tokens.token()).toBe('t1')
  })

  it('is fetched once for concurrent calls', async () => {
    const tokens = source(numbered)
    const all = await Promise.all(Array.from({ length: 100 }, () => tokens.token()))
    expect(new Set(all)).toStrictEqual(new Set(['t0']))
    expect(tokens.seen).toHaveLength(1)
  })

  it('stays in use when its renewal fails, and the renewal is retried', async () => {
    const tokens = source((request, index) =>
      index === 0 ? numbered(request, 0) : json({ error: 'invalid_request' }, { status: 400 }),
    )
    await tokens.token()
    tokens.move(0.95 * HOUR_MS)
    for (let count = 0; count < 5; count += 1) {
      expect(await tokens.token()).toBe('t0')
      await settle()
    }
    expect(tokens.seen).toHaveLength(2)
    tokens.move(10_000)
    await tokens.token()
    await settle()
    expect(tokens.seen).toHaveLength(3)
    tokens.move(HOUR_MS)
    await expect(tokens.token()).rejects.toMatchObject({ code: 'invalid_request' })
  })

  it('that was rejected is evicted, but not a newer one', async () => {
    const tokens = source(numbered)
    const first = await tokens.token()
    expect(tokens.invalidate(first)).toBe(true)
    expect(await tokens.token()).toBe('t1')
    expect(tokens.invalidate(first)).toBe(false)
    expect(await tokens.token()).toBe('t1')
  })
})

describe('the request', () => {
  it('contains scope and resource, and form-encodes client ID and secret', async () => {
    const tokens = source(numbered, {
      clientId: 'a:b',
      clientSecret: 'p%ä +',
      scope: ['A_READ', 'B_READ'],
      resource: 'https://api.example.com',
    })
    await tokens.token()
    const [request] = tokens.seen
    expect(request?.body).toBe(
      'grant_type=client_credentials&scope=A_READ+B_READ&resource=https%3A%2F%2Fapi.example.com',
    )
    expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('a%3Ab:p%25%C3%A4+%2B')}`)
  })

  it('is retried after a temporary error', async () => {
    const tokens = source((request, index) =>
      index < 2
        ? json({ error: 'temporarily_unavailable' }, { status: 503 })
        : numbered(request, 9),
    )
    expect(await tokens.token()).toBe('t9')
  })

  it.each([{}, { access_token: 'x' }, { access_token: 1, expires_in: 1 }, []])(
    'does not take %j for a token',
    async (body) => {
      await expect(source(() => json(body)).token()).rejects.toMatchObject({
        code: 'unexpected_response',
      })
    },
  )
})
