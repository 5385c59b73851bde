import { afterAll, beforeAll, beforeEach } from 'vitest'
import type {
  ResolvedConnection,
  TokenAuth,
} from '../../packages/server/src/stored/connection-lookup/resolved.ts'
import { useTestStore } from './open-store.ts'
import {
  insertConnectionRow,
  resolvedConnection,
  startTokenNode,
  type TokenNode,
} from './token-node.ts'
import { startTokenServer, type TokenServer, tokenBody } from './token-server.ts'

export const HOUR_MS = 3_600_000

/** Two nodes on one store and a token server that they ask; every test has a connection of its own. */
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
    const before = server().seen.length
    answerWith((_request, index) => ({ body: tokenBody(`token-${index - before}`) }))
  })

  const server = (): TokenServer => started(upstream)
  const node = (index = 0): TokenNode => started(nodes[index])
  const answerWith = (answer: TokenServer['answer']): void => {
    server().answer = answer
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
    answerWith,
    /** What was asked since then. */
    watch: () => {
      const before = server().seen.length
      return () => server().seen.slice(before)
    },
    /** The test's connection, as it signs in. */
    connected: <A extends TokenAuth>(auth: A, stamp?: string) =>
      resolvedConnection(id, auth, stamp),
    /** Client credentials, with which we come ourselves. */
    own: (more: Partial<TokenAuth> = {}) =>
      // safe because what is changed is of the same kind
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
    /** The token all the same, where there is no fault. */
    faultOf: async (resolved: ResolvedConnection, index = 0): Promise<string> =>
      node(index)
        .tokens.tokenFor(resolved)
        .then(
          ({ token }) => token,
          (error: { code: string }) => error.code,
        ),
    /** Outcome and reason of the events about the test's connection. */
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

/** As many, made at once. */
export function times<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index))
}

function started<T>(one: T | undefined): T {
  if (one === undefined) throw new Error('It is started before the first test.')
  return one
}
