import { afterAll, beforeAll, beforeEach } from 'vitest'
import { addPerson, type Person } from './people.ts'
import { startTestServer, type TestResponse, type TestServer } from './server.ts'
import { startTokenServer, type TokenServer, tokenBody } from './token-server.ts'
import {
  createUpstreamConnection,
  LOOPBACK_ALLOWED,
  requestSharedConnection,
} from './upstream-connection.ts'

/**
 * A server with two members who may connect, and an upstream that issues tokens. Each test has its
 * own integration that requires a member's consent.
 */
export function useConsent() {
  let running: Running | undefined
  let id = ''

  beforeAll(async () => {
    const upstream = await startTokenServer()
    const server = await startTestServer({ env: LOOPBACK_ALLOWED })
    const privileges = ['integrations.view', 'integrations.manage']
    const ada = await addPerson(server, { privileges })
    running = { upstream, server, ada, grace: await addPerson(server, { privileges }) }
  })
  afterAll(async () => {
    await running?.server.close()
    await running?.upstream.close()
  })
  beforeEach(async () => {
    const { server, upstream } = parts()
    upstream.respond = (_request, index) => ({
      body: tokenBody(`token-${index}`, { refresh_token: `refresh-${index}` }),
    })
    id = await createUpstreamConnection(server, {
      auth: {
        kind: 'oauth2_authorization_code',
        authorizationUrl: 'https://id.example/authorize?tenant=7',
        tokenUrl: `${upstream.origin}/token`,
        clientId: 'us',
        scopes: ['read', 'offline_access'],
        extraParameters: { prompt: 'consent', state: 'evil' },
      },
      secrets: { clientSecret: 's3cret-of-ours' },
    })
  })

  const parts = (): Running => {
    if (running === undefined) throw new Error('The server starts before the first test.')
    return running
  }
  return {
    server: () => parts().server,
    upstream: () => parts().upstream,
    ada: () => parts().ada,
    grace: () => parts().grace,
    integrationId: () => id,
    startConsent: async (asker: Pick<TestServer, 'send'> = parts().ada) => {
      const { status, body, text } = await requestSharedConnection(asker, id, 'authorize')
      if (status !== 200) throw new Error(text)
      return { body, state: new URL(body.url).searchParams.get('state') ?? '' }
    },
    /** Requests the callback as the browser of a member, or without a session. */
    requestCallback: (query: string, who: Person | null = parts().ada): Promise<TestResponse> =>
      parts().server.send('GET', `/connect/callback?${query}`, {
        as: null,
        ...(who === null ? {} : { cookie: who.cookie }),
      }),
    /** The requests that the upstream received since this call. */
    recordRequests: () => {
      const before = parts().upstream.received.length
      return () => parts().upstream.received.slice(before)
    },
  }
}

/** The title of the page that the callback returns. */
export function titleOf({ text }: TestResponse): string | undefined {
  return /<h1>(.*)<\/h1>/.exec(text)?.[1]
}

type Running = {
  readonly server: TestServer
  readonly upstream: TokenServer
  readonly ada: Person
  readonly grace: Person
}
