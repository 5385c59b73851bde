import {
  AUTH_KINDS,
  type Auth,
  authenticateRequest,
  HMAC_SCHEMES,
  needsToken,
} from '@keyporter/protocol'
import { describe, expect, it } from 'vitest'
import { bytesBody, outgoing, signingContext } from './support/outgoing-request.ts'
import { readText } from './support/sources.ts'

const LOCATIONS = ['header', 'query', 'cookie']

const request = outgoing({
  method: 'POST',
  path: '/v1/orders',
  query: 'state=open',
  headers: [{ name: 'Content-Type', value: 'application/json' }],
  body: bytesBody('{"sku":"A-1"}'),
})
const context = {
  ...signingContext,
  nowMs: Date.parse('2026-01-02T03:04:05Z'),
  nonce: () => 'kN3vQ8sTz1XbC5mW7yR2aA',
}

const examples = readExamples(readText('docs/signing.md'))

describe('docs/signing.md', () => {
  it('has an example of every authentication type, location and scheme', () => {
    const shown = examples.flatMap(({ auth }) => [
      auth.kind,
      ...('scheme' in auth ? [auth.scheme] : []),
      ...('in' in auth ? [auth.in] : []),
    ])
    const wanted = [
      ...AUTH_KINDS.filter((kind) => !needsToken(kind)),
      ...HMAC_SCHEMES,
      ...LOCATIONS,
    ]
    expect(new Set(shown)).toEqual(new Set(wanted))
  })

  it.each(examples)(
    '$name: the signed text and the request match the output of authenticateRequest',
    (example) => {
      const { explanation, headers, path, query } = authenticateRequest(
        example.auth,
        request,
        context,
      )
      const lines = headers.map(({ name, value }) => `${name}: ${value}`)
      const head = [`POST ${path}?${query} HTTP/1.1`, 'Host: api.example.com', ...lines]
      expect(example.sent).toBe(head.join('\n'))
      const { canonicalRequest, stringToSign } = explanation ?? {}
      expect(example.signed).toEqual(
        canonicalRequest === stringToSign
          ? [stringToSign].filter((text) => text !== undefined)
          : [canonicalRequest, stringToSign],
      )
    },
  )
})

/** Returns each `auth` with its signed texts and the head of the signed request. */
function readExamples(document: string) {
  const blocks = [...document.matchAll(/```(json|text|http)\n([\s\S]*?)\n```/g)]
  const starts = blocks.flatMap(([, language], index) => (language === 'json' ? index : []))
  return starts.map((start, index) => {
    const own = blocks.slice(start, starts[index + 1])
    const auth: Auth = JSON.parse(own[0]?.[2] ?? '')
    const textsOf = (wanted: string) =>
      own.flatMap(([, language, text = '']) => (language === wanted ? text : []))
    return {
      name: [auth.kind, 'scheme' in auth ? auth.scheme : '', 'in' in auth ? auth.in : ''].join(' '),
      auth,
      signed: textsOf('text'),
      sent: textsOf('http').join('\n'),
    }
  })
}
