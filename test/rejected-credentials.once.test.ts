import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from './support/credentials.ts'
import { runSql } from './support/raw-sql.ts'
import { basic, startTestServer, type TestResponse, type TestServer } from './support/server.ts'

// Every path that accepts a credential rejects it for every reason: all paths use `decideUse`.

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await createContactsApi(server)
})
afterAll(() => server.close())

/** A credential with a token. */
type Subject = IssuedCredential & { readonly token: string }

async function createSubject(body: object = {}): Promise<Subject> {
  const issued = await createCredential(server, body)
  return { ...issued, token: await requestToken(server, issued) }
}

async function createManagementSubject(permissions: 'all' | string[] = 'all'): Promise<Subject> {
  const builtIn = await server.send('GET', '/v1/apis?slug=keyporter')
  return createSubject({ apiId: builtIn.body.data[0].id, permissions })
}

const sendForm = (path: string, as: IssuedCredential | null, form: Record<string, string>) =>
  server.send('POST', path, { as, form })
const ofOAuth = ({ status, body }: TestResponse): string => (status === 200 ? 'ok' : body.error)
const ofManagement = ({ status, body }: TestResponse): string => (status === 200 ? 'ok' : body.code)
const grant = { grant_type: 'client_credentials' }

/** How a request presents a credential. */
const headers = {
  'Basic credentials': basic,
  'a bearer secret': ({ clientSecret }: Subject) => `Bearer ${clientSecret}`,
  'a bearer token': ({ token }: Subject) => `Bearer ${token}`,
}
const verifyBodies: Readonly<Record<string, (subject: Subject) => object>> = {
  'a client id and a secret': ({ clientId, clientSecret }) => ({ clientId, clientSecret }),
  'a token': ({ token }) => ({ token }),
  ...Object.fromEntries(
    Object.entries(headers).map(([way, headerOf]) => [
      way,
      (subject: Subject) => ({ authorization: headerOf(subject) }),
    ]),
  ),
}

const verify = async (body: object): Promise<string> => {
  const { code } = (await server.send('POST', '/v1/verify', { body })).body
  return code === 'valid' ? 'ok' : code
}
const introspect = async (token: string, as: IssuedCredential | null = null): Promise<string> => {
  const response = await server.send('POST', '/oauth/introspect', {
    form: { token },
    ...(as === null ? {} : { as }),
  })
  return response.body.active === true ? 'ok' : 'inactive'
}
const manage = async (authorization: string): Promise<string> =>
  ofManagement(
    await server.send('GET', '/v1/credentials', { as: null, headers: { authorization } }),
  )
/** A call of an integration that does not exist: the caller is authorized before the lookup. */
const callProxy = async (authorization: string): Promise<string> => {
  const { body } = await server.send('GET', '/proxy/intg_01jd0000000000000000000000/things', {
    as: null,
    headers: { authorization },
  })
  return body.code === 'not_found' ? 'ok' : body.code
}

type Path = {
  readonly send: (subject: Subject) => Promise<string>
  /** The response to a rejected credential. Undefined: the code of the reason. */
  readonly rejection?: string
  /** Whether the credential belongs to the built-in API. */
  readonly isManagement?: true
  readonly isByToken?: boolean
}

const paths: Readonly<Record<string, Path>> = {
  // The first path, so that its header is still cached: a rejection reads the credential again.
  'introspection by the client': {
    send: async (subject) => ofOAuth(await sendForm('/oauth/introspect', subject, { token: 'x' })),
    rejection: 'invalid_client',
  },
  'the token endpoint, with Basic credentials': {
    send: async (subject) => ofOAuth(await sendForm('/oauth/token', subject, grant)),
    rejection: 'invalid_client',
  },
  'the token endpoint, with a form': {
    send: async ({ clientId, clientSecret }) =>
      ofOAuth(
        await sendForm('/oauth/token', null, {
          ...grant,
          client_id: clientId,
          client_secret: clientSecret,
        }),
      ),
    rejection: 'invalid_client',
  },
  'revocation by the client': {
    send: async (subject) => ofOAuth(await sendForm('/oauth/revoke', subject, { token: 'x' })),
    rejection: 'invalid_client',
  },
  'introspection of its token': {
    send: ({ token }) => introspect(token),
    rejection: 'inactive',
    isByToken: true,
  },
  ...Object.fromEntries(
    Object.entries(verifyBodies).map(([way, bodyOf]) => [
      `verification of ${way}`,
      { send: (subject: Subject) => verify(bodyOf(subject)), isByToken: way.endsWith('token') },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(headers).flatMap(([way, headerOf]) => {
      const common = {
        rejection: 'invalid_token',
        isManagement: true,
        isByToken: way.endsWith('token'),
      } as const
      return [
        [
          `the management API, with ${way}`,
          { ...common, send: (subject: Subject) => manage(headerOf(subject)) },
        ],
        [
          `the proxy, with ${way}`,
          { ...common, send: (subject: Subject) => callProxy(headerOf(subject)) },
        ],
      ]
    }),
  ),
}

const TTL_MS = 60_000

/** Changes a row without the API, and makes the server read it again. */
async function changeRow({ id }: Subject, statement: string): Promise<void> {
  await runSql(server, statement)
  await server.send('PATCH', `/v1/credentials/${id}`, { body: { notes: 'changed' } })
}

type State = {
  readonly code: string
  /** Tokens are not bound to the secret. */
  readonly isOfSecret?: true
  /** Runs before the credential is used: it is rejected after a minute. */
  readonly prepare?: (subject: Subject) => Promise<unknown>
  readonly apply?: (subject: Subject) => Promise<unknown>
}

const states: Readonly<Record<string, State>> = {
  'a revoked credential': {
    code: 'revoked',
    apply: ({ id }) => server.send('POST', `/v1/credentials/${id}/revoke`, { body: {} }),
  },
  'a suspended credential': {
    code: 'suspended',
    apply: (subject) =>
      changeRow(subject, `update credentials set suspended_at = 1 where id = '${subject.id}'`),
  },
  'an expired credential': {
    code: 'expired',
    prepare: ({ id }) =>
      server.send('PATCH', `/v1/credentials/${id}`, {
        body: { expiresAt: new Date(server.clock.now() + TTL_MS).toISOString() },
      }),
  },
  'a revoked secret': {
    code: 'revoked',
    isOfSecret: true,
    apply: (subject) =>
      changeRow(
        subject,
        `update credential_secrets set revoked_at = 1 where credential_id = '${subject.id}'`,
      ),
  },
  'an expired secret': {
    code: 'expired',
    isOfSecret: true,
    prepare: (subject) =>
      changeRow(
        subject,
        `update credential_secrets set expires_at = ${server.clock.now() + TTL_MS}
         where credential_id = '${subject.id}'`,
      ),
  },
}

describe('accepts a valid credential, and rejects', () => {
  const subjects = new Map<string, { readonly own: Subject; readonly management: Subject }>()
  const before: string[][] = []

  beforeAll(async () => {
    for (const [name, { prepare }] of Object.entries(states)) {
      const pair = { own: await createSubject(), management: await createManagementSubject() }
      await prepare?.(pair.own)
      await prepare?.(pair.management)
      subjects.set(name, pair)
    }
    for (const [name, { own, management }] of subjects) {
      for (const [path, { send, isManagement }] of Object.entries(paths)) {
        const subject = isManagement === true ? management : own
        // The second request uses the caches.
        before.push([name, path, await send(subject), await send(subject)])
      }
    }
    for (const [name, { apply }] of Object.entries(states)) {
      await apply?.(of(name, false))
      await apply?.(of(name, true))
    }
    server.clock.move(TTL_MS)
  })
  const of = (name: string, isManagement: boolean): Subject => {
    const pair = subjects.get(name)
    if (pair === undefined) throw new TypeError('No credential')
    return isManagement ? pair.management : pair.own
  }

  const cases = Object.entries(paths).flatMap(([path, { send, rejection, ...rest }]) =>
    Object.entries(states).map(([name, { code, isOfSecret }]) => ({
      path,
      name,
      send,
      isManagement: rest.isManagement === true,
      expected: isOfSecret === true && rest.isByToken === true ? 'ok' : (rejection ?? code),
    })),
  )
  it('every credential on every path while it is valid', () => {
    expect(before.length).toBe(cases.length)
    expect(before.filter(([, , ...outcomes]) => outcomes.some((one) => one !== 'ok'))).toEqual([])
  })
  it.each(cases)('$name at $path', async ({ name, send, isManagement, expected }) => {
    const subject = of(name, isManagement)
    expect([await send(subject), await send(subject)]).toEqual([expected, expected])
  })
})

describe('rejects', () => {
  let reader: Subject
  let weak: Subject
  let other: Subject
  beforeAll(async () => {
    reader = await createSubject({ permissions: ['CONTACT_READ'] })
    other = await createSubject()
    weak = await createManagementSubject(['API_READ'])
  })

  const wrongApi: Readonly<Record<string, readonly [string, () => Promise<string>]>> = {
    'the token endpoint': [
      'invalid_target',
      async () =>
        ofOAuth(
          await sendForm('/oauth/token', reader, { ...grant, resource: 'https://other.example' }),
        ),
    ],
    introspection: ['inactive', () => introspect(other.token, reader)],
    ...Object.fromEntries(
      Object.entries(verifyBodies).map(([way, bodyOf]) => [
        `verification of ${way}`,
        ['wrong_api', () => verify({ ...bodyOf(reader), apiId: 'api_other' })],
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(headers).flatMap(([way, headerOf]) => [
        [`the management API, with ${way}`, ['invalid_token', () => manage(headerOf(reader))]],
        [`the proxy, with ${way}`, ['invalid_token', () => callProxy(headerOf(reader))]],
      ]),
    ),
  }
  it.each(Object.entries(wrongApi))(
    'a credential of another API at %s',
    async (_path, [code, send]) => {
      expect([await send(), await send()]).toEqual([code, code])
    },
  )

  const insufficient: Readonly<Record<string, readonly [string, () => Promise<string>]>> = {
    'the token endpoint': [
      'invalid_scope',
      async () =>
        ofOAuth(await sendForm('/oauth/token', reader, { ...grant, scope: 'CONTACT_WRITE' })),
    ],
    introspection: ['inactive', () => introspect(other.token, weak)],
    ...Object.fromEntries(
      Object.entries(verifyBodies).flatMap(([way, bodyOf]) => [
        [
          `verification of ${way} for a permission`,
          [
            'insufficient_permissions',
            () => verify({ ...bodyOf(reader), permissions: ['CONTACT_WRITE'] }),
          ],
        ],
        [
          `verification of ${way} for an operation`,
          [
            'insufficient_permissions',
            () => verify({ ...bodyOf(reader), method: 'DELETE', path: '/v1/contacts/1' }),
          ],
        ],
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(headers).flatMap(([way, headerOf]) => [
        [
          `the management API, with ${way}`,
          ['insufficient_permissions', () => manage(headerOf(weak))],
        ],
        [`the proxy, with ${way}`, ['insufficient_permissions', () => callProxy(headerOf(weak))]],
      ]),
    ),
  }
  it.each(Object.entries(insufficient))(
    'a credential without a permission at %s',
    async (_path, [code, send]) => {
      expect([await send(), await send()]).toEqual([code, code])
    },
  )

  it.each(Object.entries(verifyBodies))(
    'an operation that the API does not map, at verification of %s',
    async (_way, bodyOf) => {
      const operation = { method: 'GET', path: '/v1/nothing' }
      expect(await verify({ ...bodyOf(reader), ...operation })).toBe('unmapped_operation')
    },
  )

  // A bare secret names no client, so it is never the wrong one.
  const wrongSecret = Object.entries(paths).filter(
    ([path, { isByToken }]) => isByToken !== true && !path.includes('a bearer secret'),
  )
  it.each(wrongSecret)(
    'a secret of another credential at %s',
    async (_path, { send, rejection }) => {
      const mixed = { ...other, clientSecret: server.manager.clientSecret }
      expect(await send(mixed)).toBe(rejection ?? 'not_found')
    },
  )
})
