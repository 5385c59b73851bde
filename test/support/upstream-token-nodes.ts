import type { TokenAuth } from '@keyporter/protocol'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { ResolvedConnection } from '../../packages/server/src/stored/connection-lookup/resolved-connection.ts'
import { useTestStore } from './test-store.ts'
import { startTokenServer, type TokenServer, tokenBody } from './token-server.ts'
import {
  insertConnectionRow,
  resolvedConnection,
  startTokenNode,
  type TokenNode,
} from './upstream-token-node.ts'

export const HOUR_MS = 3_600_000

/** Two nodes on one store, and a token endpoint. Each test has its own connection. */
export function useTokenNodes() {
  const store = useTestStore()
  let nowMs = Date.parse('2027-03-01T12:00:00Z')
  let upstream: TokenServer | undefined
  let nodes: readonly TokenNode[] = []
  let id = ''
  let count = 0

  beforeAll(async () => {
    upstream = await startTokenServer()
    const installation = { store: store(), clock: { now: () => nowMs } }
    nodes = [await startTokenNode(installation), await startTokenNode(installation)]
  })
  afterAll(async () => {
    await Promise.all(nodes.map((one) => one.stop()))
    await upstream?.close()
  })
  beforeEach(async () => {
    count += 1
    id = `conn_${count}`
    await insertConnectionRow(store(), id)
    const before = server().received.length
    respondWith((_request, index) => ({ body: tokenBody(`token-${index - before}`) }))
  })

  const server = (): TokenServer => started(upstream)
  const node = (index = 0): TokenNode => started(nodes[index])
  const respondWith = (response: TokenServer['respond']): void => {
    server().respond = response
  }
  return {
    store,
    node,
    origin: () => server().origin,
    connectionId: () => id,
    move: (ms: number): void => {
      nowMs += ms
    },
    now: () => nowMs,
    respondWith,
    /** The requests since this call. */
    recordRequests: () => {
      const before = server().received.length
      return () => server().received.slice(before)
    },
    /** The test's connection with this authentication. */
    connected: <A extends TokenAuth>(auth: A, version?: string) =>
      resolvedConnection(id, auth, version),
    /** The settings and secrets of the client credentials grant. */
    clientCredentials: (more: Partial<TokenAuth> = {}) =>
      // safe because the changed fields belong to the same kind
      ({
        kind: 'oauth2_client_credentials',
        tokenUrl: `${server().origin}/token?tenant=7`,
        clientId: 'us',
        clientSecret: 's3cret',
        scopes: ['read', 'write'],
        audience: undefined,
        resource: undefined,
        clientAuth: 'basic',
        extraParameters: {},
        ...more,
      }) as TokenAuth,
    tokenOf: async (resolved: ResolvedConnection, index = 0): Promise<string> =>
      (await node(index).tokens.tokenFor(resolved)).token,
    /** Returns the code of the failure, or the token if there is none. */
    faultOf: async (resolved: ResolvedConnection, index = 0): Promise<string> =>
      node(index)
        .tokens.tokenFor(resolved)
        .then(
          ({ token }) => token,
          (error: { code: string }) => error.code,
        ),
    /** Returns outcome and reason of the events of the test's connection. */
    auditOf: async (action: string) => {
      const rows = await store()
        .reader.selectFrom('auditEvents')
        .select(['outcome', 'reason'])
        .where('action', '=', action)
        .where('targetId', '=', id)
        .execute()
      return rows.map(({ outcome, reason }) => [outcome, reason])
    },
  }
}

/** Returns `length` results that are started at once. */
export function startAll<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index))
}

function started<T>(one: T | undefined): T {
  if (one === undefined) throw new Error('The server starts before the first test.')
  return one
}
