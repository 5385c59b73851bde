import { describe, expect, test } from 'vitest'
import {
  bytesBody,
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import { readVectors } from '../../../../test/support/vectors.ts'
import { authenticateRequest } from './authenticate-request.ts'
import type { HmacPart, HmacRecipe } from './hmac-recipe.ts'

type Signing = {
  readonly recipe: HmacRecipe
  readonly clientSecret: string
  readonly body: string
  readonly clientId?: string
  readonly nowMs?: number
}

function sign({ clientId = '', nowMs = 0, body, ...rest }: Signing) {
  const auth = { kind: 'hmac_sha256', scheme: 'custom', clientId, ...rest } as const
  return authenticateRequest(auth, outgoing({ body: bytesBody(body) }), {
    ...signingContext,
    nowMs,
  })
}

describe('recipes for schemes of other vendors match their published values', () => {
  test('GitHub: docs.github.com, validating webhook deliveries', () => {
    const headers = [{ name: 'X-Hub-Signature-256', value: 'sha256={signature}' }]
    const sent = sign({
      recipe: { parts: [{ part: 'body' }], separator: '', headers },
      clientSecret: "It's a Secret to Everybody",
      body: 'Hello, World!',
    })
    expect(headerValues(sent, 'X-Hub-Signature-256')).toEqual([
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    ])
  })

  test('Slack: docs.slack.dev, verifying requests', () => {
    const headers = [{ name: 'X-Slack-Signature', value: 'v0={signature}' }]
    const parts: HmacPart[] = [
      { part: 'literal', text: 'v0' },
      { part: 'timestamp' },
      { part: 'body' },
    ]
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
    const sent = sign({
      recipe: { parts, separator: ':', headers },
      clientSecret: '8f742231b10e8888abcd99yyyzzz85a5',
      body,
      nowMs: 1_531_420_618_000,
    })
    expect(headerValues(sent, 'X-Slack-Signature')).toEqual([
      'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    ])
  })

  test('Standard Webhooks', (ctx) => {
    type Vectors = { sign: Record<'secret' | 'msg_id' | 'payload' | 'signature', string>[] }
    const [vector] = readVectors<Vectors>(ctx, 'standard-webhooks', 'vectors.json').sign
    expect.assert(vector !== undefined)
    const parts: HmacPart[] = [{ part: 'client_id' }, { part: 'timestamp' }, { part: 'body' }]
    const headers = [{ name: 'webhook-signature', value: 'v1,{signature}' }]
    const sent = sign({
      recipe: { parts, separator: '.', key: 'base64', output: 'base64', headers },
      clientId: vector.msg_id,
      clientSecret: vector.secret.replace(/^whsec_/, ''),
      body: vector.payload,
      nowMs: 1_614_265_330_000,
    })
    expect(headerValues(sent, 'webhook-signature')).toEqual([vector.signature])
  })
})
