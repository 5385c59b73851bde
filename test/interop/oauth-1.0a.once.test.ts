import { createHmac } from 'node:crypto'
import { authenticateRequest } from '@keyporter/protocol'
import fc from 'fast-check'
import OAuth from 'oauth-1.0a'
import { expect, test } from 'vitest'
import { bytesBody, headerValues, outgoing, signingContext } from '../support/outgoing-request.ts'

// The library signs the same requests, and computes the same header.

const ALGORITHMS = { 'HMAC-SHA256': 'sha256', 'HMAC-SHA1': 'sha1' } as const

const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((one) => one.isWellFormed())
// Names of object properties, and those of the protocol, are excluded.
const isOrdinary = (name: string) => name !== '' && !name.startsWith('oauth_') && !(name in {})
const parametersOf = (names: fc.Arbitrary<string>) =>
  fc.uniqueArray(fc.tuple(names.filter(isOrdinary), text), {
    selector: ([name]) => name,
    maxLength: 5,
  })
const secrets = fc.string({ unit: 'binary', minLength: 1 }).filter((one) => one.isWellFormed())

const cases = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  origin: fc.constantFrom('https://api.example.com', 'http://a.example:8080'),
  path: fc.stringMatching(/^\/([\w.~-]|%[0-9A-F]{2})*$/),
  // The library does not decode the names of the query.
  query: parametersOf(fc.stringMatching(/^[\w.~-]{1,8}$/)),
  form: parametersOf(text),
  consumer: fc.record({ key: secrets, secret: secrets }),
  token: fc.option(fc.record({ key: secrets, secret: secrets }), { nil: undefined }),
  signatureMethod: fc.constantFrom('HMAC-SHA256', 'HMAC-SHA1', 'PLAINTEXT'),
})

/** With %20 for a space, because the library does not decode a plus sign in the query. */
const encode = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')

test('oauth-1.0a computes the same signature of generated requests', () => {
  fc.assert(
    fc.property(cases, ({ method, origin, path, consumer, token, signatureMethod, ...rest }) => {
      const query = encode(rest.query)
      // The library has one value for each name of query and form.
      const form = rest.form.filter(([name]) => !rest.query.some(([other]) => other === name))
      const request = outgoing({
        method,
        origin,
        path,
        query,
        headers: [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }],
        body: bytesBody(String(new URLSearchParams(form.map(([name, value]) => [name, value])))),
      })
      const ours = authenticateRequest(
        {
          kind: 'oauth1',
          consumerKey: consumer.key,
          consumerSecret: consumer.secret,
          signatureMethod,
          ...(token === undefined
            ? {}
            : { accessToken: token.key, accessTokenSecret: token.secret }),
        },
        request,
        signingContext,
      )
      const library = new OAuth({
        consumer,
        signature_method: signatureMethod,
        hash_function: (base, key) =>
          signatureMethod === 'PLAINTEXT'
            ? key
            : createHmac(ALGORITHMS[signatureMethod], key).update(base).digest('base64'),
      })
      library.getNonce = signingContext.nonce
      library.getTimeStamp = () => Math.floor(signingContext.nowMs / 1000)
      const theirs = library.authorize(
        {
          url: `${origin}${path}${query === '' ? '' : `?${query}`}`,
          method,
          data: Object.fromEntries(form),
        },
        token,
      )
      const [header = ''] = headerValues(ours, 'Authorization')
      const found = [...header.matchAll(/(oauth_\w+)="([^"]*)"/g)].map(([, name, value = '']) => [
        name,
        decodeURIComponent(value),
      ])
      const expected = Object.entries(theirs).filter(([name]) => name.startsWith('oauth_'))
      expect(Object.fromEntries(found)).toEqual(
        Object.fromEntries(expected.map(([name, value]) => [name, String(value)])),
      )
    }),
    { numRuns: 300 },
  )
})
