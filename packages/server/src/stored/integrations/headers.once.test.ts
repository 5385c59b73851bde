import { describe, expect, it } from 'vitest'
import { decideHeaders } from './headers.ts'
import { reservedFor } from './reserved-headers.ts'

const decide = (
  requested: Parameters<typeof decideHeaders>[0],
  reusable: ReadonlyMap<string, string> = new Map(),
) =>
  decideHeaders(requested, { reserved: (name) => reservedFor({ kind: 'basic' }, name), reusable })
const problems = (...[requested, reusable]: Parameters<typeof decide>) =>
  decide(requested, reusable).problems.map(({ pointer, code }) => `${pointer} ${code}`)

describe('headers', () => {
  it('keep their order and spelling; the value of a secret header is returned separately', () => {
    const { headers, secretValues } = decide([
      { name: 'X-Source', value: 'a' },
      { name: 'X-Key', value: 'b', secret: true },
      { name: 'X-Empty', value: '', secret: false },
    ])
    expect(headers).toEqual([
      { name: 'X-Source', value: 'a', secret: false },
      { name: 'X-Key', value: null, secret: true },
      { name: 'X-Empty', value: '', secret: false },
    ])
    expect([...secretValues]).toEqual([['x-key', 'b']])
  })

  it('with the value null keep the stored value, case-insensitively', () => {
    const reusable = new Map([['x-key', 'stored']])
    const { secretValues, problems: none } = decide(
      [{ name: 'X-KEY', value: null, secret: true }],
      reusable,
    )
    expect([[...secretValues], none]).toEqual([[['x-key', 'stored']], []])
    expect([...decide([{ name: 'x-key', value: null }], reusable).secretValues]).toEqual([
      ['x-key', 'stored'],
    ])
  })

  it('with the value null require a stored value, and a secret header cannot become plain', () => {
    expect(problems([{ name: 'X-Key', value: null, secret: true }])).toEqual([
      '/headers/0/value required',
    ])
    const reusable = new Map([['x-key', 'stored']])
    expect(problems([{ name: 'X-Key', value: null, secret: false }], reusable)).toEqual([
      '/headers/0/value required',
    ])
  })

  it('must not be duplicate', () => {
    expect(
      problems([
        { name: 'X-A', value: '1' },
        { name: 'x-a', value: '2' },
      ]),
    ).toEqual(['/headers/1/name duplicate'])
    expect(
      problems([
        { name: 'X-A', value: '1' },
        { name: 'x_a', value: '2' },
      ]),
    ).toEqual(['/headers/1/name duplicate'])
  })

  it.each([
    'Host',
    'content-length',
    'Content-Type',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'Proxy-Authorization',
    'proxy-anything',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'Authorization',
    // Some servers treat underscores as hyphens.
    'Transfer_Encoding',
    'Content_Length',
    'Content_Type',
    'Proxy_Authorization',
    'HTTP2-Settings',
  ])('cannot set the reserved header %s', (name) => {
    expect(problems([{ name, value: 'a' }])).toEqual(['/headers/0/name reserved'])
  })
})

describe('the headers that the authentication type sets are reserved', () => {
  it.each([
    [{ kind: 'none' }, 'Authorization', false],
    [{ kind: 'bearer' }, 'authorization', true],
    [{ kind: 'bearer', header: 'X-Token' }, 'X-Token', true],
    [{ kind: 'bearer', header: 'X-Token' }, 'Authorization', false],
    [{ kind: 'api_key', in: 'header', name: 'X-Api-Key' }, 'x-api-key', true],
    [{ kind: 'api_key', in: 'query', name: 'key' }, 'key', false],
    [{ kind: 'api_key', in: 'cookie', name: 'sid' }, 'Cookie', true],
    [{ kind: 'api_key', in: 'header', name: 'X-Api-Key' }, 'Cookie', false],
    [{ kind: 'headers', entries: [{ name: 'X-One', value: null }] }, 'x-one', true],
    [{ kind: 'aws_sigv4' }, 'X-Amz-Date', true],
    [{ kind: 'aws_sigv4' }, 'X_Amz_Date', true],
    [{ kind: 'api_key', in: 'header', name: 'X_Api_Key' }, 'X-Api-Key', true],
    [{ kind: 'hmac_sha256', scheme: 'rfc9421' }, 'Signature-Input', true],
    [
      { kind: 'hmac_sha256', scheme: 'custom', recipe: { headers: [{ name: 'X-Sig' }] } },
      'x-sig',
      true,
    ],
    [{ kind: 'login_call' }, 'Authorization', true],
    [{ kind: 'oauth2_client_credentials' }, 'Authorization', true],
  ] as const)('%j: %s is reserved: %s', (settings, name, isReserved) => {
    expect(reservedFor(settings, name) !== undefined).toBe(isReserved)
  })
})
