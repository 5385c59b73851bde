import { describe, expect, test } from 'vitest'
import { parseForm } from './form.ts'
import { parseTokenParameter } from './introspection.ts'

describe('an introspection or revocation request', () => {
  test.each(['', '&token_type_hint=access_token', '&token_type_hint=rubbish', '&foo=1'])(
    'returns the token, and ignores other parameters: %j',
    (more) => {
      expect(parseTokenParameter(formOf(`token=e.e.e${more}`))).toEqual({
        kind: 'token',
        token: 'e.e.e',
      })
    },
  )

  test.each(['', 'token=', 'token_type_hint=access_token'])(
    'without a token is rejected: %j',
    (body) => {
      expect(parseTokenParameter(formOf(body))).toMatchObject({
        fault: { error: 'invalid_request', status: 400 },
      })
    },
  )

  test.each(['token=a&token=a', 'token=a&foo=1&foo=2', 'token=a&resource=b&resource=c'])(
    'with a repeated parameter is rejected: %j',
    (body) => {
      expect(parseTokenParameter(formOf(body))).toMatchObject({
        fault: { error: 'invalid_request', status: 400 },
      })
    },
  )
})

function formOf(body: string) {
  const result = parseForm(body)
  if (!result.ok) throw new Error(result.fault)
  return result.form
}
