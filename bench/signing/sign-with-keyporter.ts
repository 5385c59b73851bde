// Keyporter as a contender. TypeScript, so that the compiler checks the use of the sources.
import { type Auth, authenticateRequest, type OutgoingRequest } from '@keyporter/protocol'
import { systemRandom } from '../../packages/server/src/platform/random.ts'
import { createSigningContext } from '../../packages/server/src/stored/calls/signing-context.ts'
import {
  AWS_KEY,
  BODY,
  CLIENT_ID,
  CLIENT_SECRET,
  HEADERS,
  HOST,
  PATH,
  QUERY,
  REGION,
  SERVICE,
} from './signed-request.mjs'

let nowMs = 0
const context = createSigningContext({ clock: { now: () => nowMs }, random: systemRandom })

const get: OutgoingRequest = {
  method: 'GET',
  origin: `https://${HOST}`,
  path: PATH,
  query: new URLSearchParams(QUERY).toString(),
  headers: Object.entries(HEADERS).map(([name, value]) => ({ name, value })),
  body: { kind: 'none' },
}
const post: OutgoingRequest = {
  ...get,
  method: 'POST',
  body: { kind: 'bytes', bytes: Buffer.from(BODY) },
}
const hmac: Auth = {
  kind: 'hmac_sha256',
  scheme: 'rfc9421',
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
}
const aws: Auth = { kind: 'aws_sigv4', ...AWS_KEY, region: REGION, service: SERVICE }

/** Returns a function that signs the request at an instant and returns this header. */
function createSign(auth: Auth, request: OutgoingRequest, name: string) {
  return (at: Date): string => {
    nowMs = at.getTime()
    const { headers } = authenticateRequest(auth, request, context())
    return headers.find((header) => header.name === name)?.value ?? ''
  }
}

export const tasks = {
  rfc9421: createSign(hmac, get, 'Signature'),
  'sigv4-get': createSign(aws, get, 'Authorization'),
  'sigv4-post': createSign(aws, post, 'Authorization'),
}
