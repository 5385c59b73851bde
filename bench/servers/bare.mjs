// The minimum: Fastify routes for a token endpoint, a verification and an introspection. No store, no expiry, no
// revocation, no limits, no usage, no audit log, no log, no headers.
import {
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  verify,
} from 'node:crypto'
import fastify from 'fastify'
import { AUDIENCE, announce, ISSUER, makePairs, SCOPE } from '../harness/clients.mjs'
import { basic, rawForm, rawJson } from '../harness/raw-request.mjs'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
// A KeyObject: with raw bytes, Node detects the key type on each call, which takes 30 µs.
const hmacKey = createSecretKey(randomBytes(32))
const header = encode(JSON.stringify({ alg: 'ES256', kid: '1', typ: 'at+jwt' }))
const pairs = makePairs()
const clientsByDigest = new Map(
  pairs.map(({ clientId, clientSecret }) => [digestOf(clientSecret), clientId]),
)
const verified = new Map()

const app = fastify({ logger: false })
app.addContentTypeParser(
  'application/x-www-form-urlencoded',
  { parseAs: 'string' },
  (_request, body, done) => done(null, new URLSearchParams(String(body))),
)

app.post('/token', (request, reply) => {
  const clientId = authenticate(request.headers.authorization)
  const scope = request.body.get('scope')
  if (clientId === undefined || request.body.get('grant_type') !== 'client_credentials')
    return reply.code(401).send()
  const token = mint(clientId, scope)
  reply
    .header('content-type', 'application/json')
    .header('cache-control', 'no-store')
    .send(`{"access_token":"${token}","token_type":"Bearer","expires_in":3600,"scope":"${scope}"}`)
})

app.post('/verify', (request, reply) => {
  const clientId = clientsByDigest.get(digestOf(request.body.authorization.slice(7)))
  reply
    .header('content-type', 'application/json')
    .header('cache-control', 'no-store')
    .send(`{"valid":${clientId !== undefined},"clientId":"${clientId}"}`)
})

app.post('/introspect', (request, reply) => {
  if (authenticate(request.headers.authorization) === undefined) return reply.code(401).send()
  const claims = claimsOf(request.body.get('token'))
  reply
    .header('content-type', 'application/json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ active: true, ...claims, token_type: 'Bearer' }))
})

await app.listen({ host: '127.0.0.1', port: 0 })
announce({
  port: app.server.address().port,
  scenarios: {
    token: {
      requests: pairs.map((pair) =>
        rawForm(
          { grant_type: 'client_credentials', scope: SCOPE },
          { path: '/token', authorization: basic(pair) },
        ),
      ),
      expectation: 'token',
      tokens: {
        jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1' }] },
        issuer: ISSUER,
        audience: AUDIENCE,
        scope: SCOPE,
      },
    },
    verify: {
      requests: pairs.map(({ clientSecret }) =>
        rawJson(
          { authorization: `Bearer ${clientSecret}` },
          { path: '/verify', authorization: basic(pairs[0]) },
        ),
      ),
      expectation: 'valid',
    },
    introspect: {
      requests: pairs.map(({ clientId }) =>
        rawForm(
          { token: mint(clientId, SCOPE) },
          { path: '/introspect', authorization: basic(pairs[0]) },
        ),
      ),
      expectation: 'active',
    },
  },
})
process.once('SIGTERM', () => process.exit(0))

function digestOf(secret) {
  return createHmac('sha256', hmacKey).update(secret).digest('base64url')
}

function authenticate(authorization) {
  const [clientId, secret] = Buffer.from(authorization.slice(6), 'base64').toString().split(':')
  return clientsByDigest.get(digestOf(secret)) === clientId ? clientId : undefined
}

function mint(clientId, scope) {
  const iat = Math.floor(Date.now() / 1_000)
  const payload = encode(
    `{"iss":"${ISSUER}","sub":"${clientId}","aud":"${AUDIENCE}","client_id":"${clientId}",` +
      `"iat":${iat},"exp":${iat + 3_600},"jti":"${randomUUID()}","scope":"${scope}"}`,
  )
  const input = `${header}.${payload}`
  return `${input}.${derToConcat(sign('sha256', Buffer.from(input), privateKey)).toString('base64url')}`
}

function claimsOf(token) {
  const known = verified.get(token)
  if (known !== undefined) return known
  const [head, payload, signature] = token.split('.')
  const isValid = verify(
    'sha256',
    Buffer.from(`${head}.${payload}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isValid) throw new Error('Wrong token signature')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  verified.set(token, claims)
  return claims
}

// Node's own ieee-p1363 mode takes twice as long to sign.
function derToConcat(der) {
  const concat = Buffer.alloc(64)
  const rLength = der[3]
  const r = der.subarray(4, 4 + rLength)
  const s = der.subarray(6 + rLength)
  copyRight(r, concat, 32)
  copyRight(s, concat, 64)
  return concat
}

function copyRight(integer, target, end) {
  const bytes = integer.length > 32 ? integer.subarray(integer.length - 32) : integer
  bytes.copy(target, end - bytes.length)
}

function encode(text) {
  return Buffer.from(text).toString('base64url')
}
