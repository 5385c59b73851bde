import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { mountProxy } from '../../packages/server/src/http/proxy.ts'
import { createServer } from '../../packages/server/src/http/server.ts'
import type { Actor } from '../../packages/server/src/kernel/context.ts'
import { createOutbound, type Outbound } from '../../packages/server/src/outbound/outbound.ts'
import { createLog } from '../../packages/server/src/platform/log.ts'
import { systemRandom } from '../../packages/server/src/platform/random.ts'
import { createRedactorCache } from '../../packages/server/src/stored/calls/index.ts'
import { createSigningContext } from '../../packages/server/src/stored/calls/signing-context.ts'
import type { ResolvedConnection } from '../../packages/server/src/stored/connection-lookup/index.ts'
import { echo, startUpstream, type Upstream } from './upstream.ts'

/** The handler of `/proxy` without a store, with one authorized caller and one connection. */
export type IsolatedProxy = {
  readonly url: string
  readonly logLines: readonly string[]
  /** The use that the handler recorded. */
  readonly lastUses: string[]
  readonly call: (path: string, options?: CallOptions) => Promise<CallResponse>
  readonly close: () => Promise<void>
}

/** Options of a call. */
export type CallOptions = {
  readonly method?: string
  /** Names and values alternate, in wire order. */
  readonly headers?: readonly string[]
  readonly body?: string | Buffer | Readable
}

/** A response as it was on the wire. */
export type CallResponse = {
  readonly status: number
  /** Names in lower case. Repeated headers are joined. */
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly text: string
}

/** An ID in the format of Keyporter, which identifies the connection. */
export const INTEGRATION_ID = 'intg_01jd0000000000000000000000'
/** The header with which the caller authenticates to Keyporter. */
export const CALLER_AUTHORIZATION = ['Authorization', 'Bearer ours'] as const
const ORGANIZATION = 'org_01jd0000000000000000000000'

const caller: Actor = {
  kind: 'credential',
  id: 'cred_01jd0000000000000000000000',
  name: 'Caller',
  organizationId: ORGANIZATION,
  permissions: new Set(['CALL_WRITE']),
  clientId: 'kpc_live_x',
  environment: 'production',
}

/** Returns a connection to this address with plain defaults. */
export function createResolvedConnection(
  origin: string,
  parts: Partial<ResolvedConnection> = {},
): ResolvedConnection {
  return {
    integrationId: INTEGRATION_ID,
    integrationName: 'Upstream',
    integrationOrganizationId: ORGANIZATION,
    environment: 'production',
    origin,
    basePath: '',
    contentType: 'application/json',
    integrationHeaders: [],
    connectionHeaders: [],
    secretHeaderValues: [],
    connectionId: 'conn_01jd0000000000000000000000',
    organizationId: ORGANIZATION,
    version: '1',
    status: 'working',
    auth: { kind: 'none' },
    ...parts,
  }
}

/** Starts the handler on a free loopback port. */
export async function startIsolatedProxy(
  connection: () => ResolvedConnection,
  { outbound = createOutbound(['127.0.0.1/32']) }: { readonly outbound?: Outbound } = {},
): Promise<IsolatedProxy> {
  const logLines: string[] = []
  const lastUses: string[] = []
  const log = createLog('debug', { write: (line) => void logLines.push(line) })
  const publicUrl = 'http://127.0.0.1'
  const app = createServer({
    newRequestId: () => 'req_test',
    trustedProxies: [],
    publicUrl,
    log,
  })
  mountProxy(app, {
    lookup: { requireConnection: async () => connection() },
    tokens: {
      tokenFor: async () => ({ token: 'fetched-token', prefix: 'Bearer', header: 'Authorization' }),
    },
    signingContext: createSigningContext({
      clock: { now: () => Date.now() },
      random: systemRandom,
    }),
    recordLastUse: ({ id }) => void lastUses.push(id),
    outbound,
    redactors: createRedactorCache(),
    authenticate: () => ({ actor: caller, operator: true, session: false }),
    recordUse: () => undefined,
    publicUrl,
    log,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  // safe because the server listens on a port
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    logLines,
    lastUses,
    call: (path, options) => callProxy(`${url}/proxy/${INTEGRATION_ID}`, path, options),
    close: async () => {
      await app.close()
      await outbound.close()
    },
  }
}

/**
 * The proxy handler and an upstream that echoes requests, for the tests of one file. Each test
 * begins with a plain connection.
 */
export function useIsolatedProxy() {
  let running: { readonly upstream: Upstream; readonly proxy: IsolatedProxy } | undefined
  let parts: Partial<ResolvedConnection> = {}
  const started = () => {
    if (running === undefined) throw new Error('The server starts before the first test.')
    return running
  }
  beforeAll(async () => {
    const upstream = await startUpstream()
    const proxy = await startIsolatedProxy(() => createResolvedConnection(upstream.origin, parts))
    running = { upstream, proxy }
  })
  afterAll(async () => {
    await running?.proxy.close()
    await running?.upstream.close()
  })
  beforeEach(() => {
    const { upstream } = started()
    parts = {}
    upstream.respondWith(echo)
    upstream.received.splice(0)
  })
  return {
    upstream: {
      get origin() {
        return started().upstream.origin
      },
      get received() {
        return started().upstream.received
      },
      respondWith: (response: Parameters<Upstream['respondWith']>[0]) =>
        started().upstream.respondWith(response),
    },
    proxy: {
      get url() {
        return started().proxy.url
      },
      get lastUses() {
        return started().proxy.lastUses
      },
      call: (path: string, options?: CallOptions) => started().proxy.call(path, options),
    },
    /** Changes the connection of the current test. */
    connectWith: (next: Partial<ResolvedConnection>): void => {
      parts = next
    },
  }
}

/** Sends a request to an integration without normalizing its path or headers. */
export async function callProxy(
  url: string,
  path: string,
  { method = 'GET', headers = CALLER_AUTHORIZATION, body }: CallOptions = {},
): Promise<CallResponse> {
  const { hostname, port, pathname } = new URL(url)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(
      {
        host: hostname,
        port,
        method,
        path: `${pathname}${path}`,
        headers: ['Host', `${hostname}:${port}`, ...headers],
        agent: false,
      },
      resolve,
    )
    request.once('error', reject)
    if (body instanceof Readable) body.pipe(request)
    else request.end(body)
  })
  const whole = await buffer(response)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: whole,
    text: whole.toString('utf8'),
  }
}
