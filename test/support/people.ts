import type { TestRequest, TestResponse, TestServer } from './server.ts'

/** A password that is not on any list of common passwords. */
export const PASSWORD = 'violet harbour 27 umbrella'

/** A member who has joined and is signed in. */
export type Person = {
  readonly id: string
  readonly email: string
  readonly organizationId: string
  /** The `Cookie` header of their session. */
  readonly cookie: string
  /** Sends a request with the member's session, from the console's origin. */
  readonly send: (method: string, path: string, request?: TestRequest) => Promise<TestResponse>
}

/** Options of {@link addPerson}. */
export type NewPerson = {
  readonly email?: string
  readonly name?: string
  readonly privileges?: readonly string[]
  readonly organizationId?: string
}

let count = 0

/** Adds a member, accepts the invitation, and signs in. */
export async function addPerson(server: TestServer, person: NewPerson = {}): Promise<Person> {
  const { member, code } = await invitePerson(server, person)
  await acceptInvitation(server, code)
  return { ...(await signIn(server, member.email)), organizationId: member.organizationId }
}

/** Adds a member who has not joined yet. */
export async function invitePerson(
  server: TestServer,
  { email, name, privileges, organizationId }: NewPerson = {},
): Promise<{ readonly member: TestResponse['body']; readonly code: string }> {
  count += 1
  const response = await server.send('POST', '/v1/members', {
    body: {
      email: email ?? `person-${count}@example.org`,
      name: name ?? `Person ${count}`,
      privileges: privileges ?? [],
      ...(organizationId === undefined ? {} : { organizationId }),
    },
  })
  if (response.status !== 201) throw new Error(`member not created: ${response.text}`)
  return { member: response.body, code: readLinkCode(response.body.invitation.url) }
}

/** Returns the code of an invitation or reset link. */
export function readLinkCode(url: string): string {
  return new URL(url).hash.replace('#code=', '')
}

/** Chooses a password with a one-time code. */
export async function acceptInvitation(
  server: TestServer,
  code: string,
  password = PASSWORD,
): Promise<TestResponse> {
  const response = await server.send('POST', '/v1/invitations/accept', {
    as: null,
    body: { code, password },
  })
  if (response.status !== 200) throw new Error(`not joined: ${response.text}`)
  return response
}

/** Sends a sign-in request and returns any response. */
export async function trySignIn(server: TestServer, body: object): Promise<TestResponse> {
  return server.send('POST', '/v1/sessions', { as: null, body })
}

/** Signs in. Throws if the server rejects the sign-in. */
export async function signIn(
  server: TestServer,
  email: string,
  password = PASSWORD,
): Promise<Person> {
  const response = await trySignIn(server, { email, password })
  if (response.status !== 201) throw new Error(`not signed in: ${response.text}`)
  const cookie = readCookie(response)
  return {
    id: response.body.member.id,
    email,
    organizationId: response.body.organization.id,
    cookie,
    send: (method, path, request = {}) =>
      server.send(method, path, { ...request, cookie, as: null }),
  }
}

/** Returns the `Cookie` header that a browser would send after a response. */
export function readCookie(response: TestResponse): string {
  const [line = ''] = response.headers.getSetCookie()
  return line.split(';')[0] ?? ''
}

/** Returns the audit events of an organization with this action, the newest first. */
export async function listAuditEvents(
  server: TestServer,
  action: string,
  organizationId?: string,
): Promise<TestResponse['body'][]> {
  const within = organizationId === undefined ? '' : `&organizationId=${organizationId}`
  const response = await server.send('GET', `/v1/audit-events?action=${action}&limit=100${within}`)
  if (response.status !== 200) throw new Error(`audit events not listed: ${response.text}`)
  return response.body.data
}
