import { expect, it } from 'vitest'
import { readCall } from './read-call.ts'

it.each([
  ['GET /v1/contacts/42', 'GET', '/v1/contacts/42'],
  ['  delete   /v1/contacts/42 ', 'DELETE', '/v1/contacts/42'],
  ['/v1/contacts', 'GET', '/v1/contacts'],
  ['https://api.example.com/v1/a%2Fb?x=1', 'GET', '/v1/a%2Fb?x=1'],
  ['PUT HTTPS://api.example.com:8443/v1/../x', 'PUT', '/v1/../x'],
  ['POST', 'GET', 'POST'],
  ['', 'GET', ''],
])('%s is parsed as %s %s, with the path unchanged', (typed, method, path) => {
  expect(readCall(typed)).toEqual({ method, path })
})
