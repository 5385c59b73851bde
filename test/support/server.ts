import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compose, type Overrides, type Program, parseConfig } from '@keyporter/server'
import { reservePort } from '../../packages/server/src/platform/reserved-port.ts'
import { createMigratedDatabase, type TestDatabase } from './postgres.ts'
import { storeEngine } from './store-engine.ts'
import { createManualTimers } from './timers.ts'

/** A clock that a test moves, or the system clock with an offset. */
export type TestClock = {
  readonly now: () => number
  /** Moves the clock by milliseconds, also backwards. */
  readonly move: (byMs: number) => void
  /** Stops the clock at this instant. */
  readonly setTo: (instant: string) => void
}

/** The response to a request. */
export type TestResponse = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON of the body, or undefined if the body is not JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read any member of a response
  readonly body: any
}

/** Options of a request. */
export type TestRequest = {
  readonly body?: unknown
  /** A form instead of a JSON body. */
  readonly form?: Record<string, string> | string
  readonly headers?: Record<string, string>
  /**
   * `Authorization`: a pair sends Basic, a string sends a bearer token, null sends none. Default:
   * the manager's pair.
   */
  readonly as?: Pair | string | null
  readonly cookie?: string
}

/** A client ID and its secret. */
export type Pair = { readonly clientId: string; readonly clientSecret: string }

/** A running Keyporter on the store of this test run. */
export type TestServer = {
  readonly url: string
  readonly program: Program
  readonly clock: TestClock
  /** The operator, and the management credential of its first start, which has every privilege. */
  readonly operatorId: string
  readonly manager: Pair
  readonly admin: { readonly email: string; readonly password: string }
  /** Every log line. */
  readonly logLines: readonly string[]
  readonly dataDirectory: string
  readonly databaseUrl: string | undefined
  readonly send: (method: string, path: string, request?: TestRequest) => Promise<TestResponse>
  /** Writes the counted usage, so that reports and `lastUsedAt` show it. */
  readonly flushUsage: () => Promise<void>
  /**
   * Stops the server and starts it again on the same data, on another port with the same public
   * URL. While it is stopped, another process may open the data.
   */
  readonly restart: (meanwhile?: () => Promise<void>) => Promise<void>
  readonly close: () => Promise<void>
}

/** Options of {@link startTestServer}. */
export type TestServerOptions = {
  readonly env?: Record<string, string>
  readonly overrides?: Overrides
  /** False: the server is not set up, without an organization and a manager. */
  readonly setUp?: boolean
  /** False: the system clock. */
  readonly fakeClock?: boolean
}

const HOST = '127.0.0.1'
const ADMIN = { email: 'admin@example.com', password: 'a long enough pass phrase' }

/**
 * Starts Keyporter in this process, with its own empty store, on a free loopback port. Background
 * jobs and timed usage writes are off unless `overrides.timers` turns them on.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'keyporter-test-'))
  const database: TestDatabase | undefined =
    storeEngine() === 'postgres' ? await createMigratedDatabase() : undefined
  const credentialFile = join(dataDirectory, 'manager.json')
  const env = {
    KEYPORTER_DATA_DIR: join(dataDirectory, 'data'),
    // Upstreams of tests are allowed by this name only, so that loopback addresses stay forbidden.
    KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: 'localhost',
    ...(database === undefined ? {} : { DATABASE_URL: database.url }),
    ...(options.setUp === false
      ? {}
      : {
          KEYPORTER_INIT_ORGANIZATION: 'Acme',
          KEYPORTER_INIT_ADMIN_EMAIL: ADMIN.email,
          KEYPORTER_INIT_ADMIN_PASSWORD: ADMIN.password,
          KEYPORTER_INIT_CREDENTIAL_FILE: credentialFile,
        }),
    ...options.env,
  }
  const clock = createTestClock(options.fakeClock !== false)
  const logLines: string[] = []
  let reservedPort = await reservePort(HOST)
  const { port } = reservedPort
  const url = `http://${HOST}:${port}`
  const start = async (): Promise<Program> => {
    const outcome = parseConfig(env)
    if (!outcome.ok) throw new Error(outcome.problems.join('\n'))
    try {
      const program = await compose(outcome.config, outcome.config.publicUrl ?? url, {
        clock,
        timers: createManualTimers(),
        logSink: { write: (line) => void logLines.push(line) },
        ...options.overrides,
      })
      await program.http.ready()
      reservedPort.release()
      await program.http.listen({ host: HOST, port })
      return program
    } finally {
      reservedPort.release()
    }
  }
  let program = await start()
  const manager: Pair & { organizationId: string } =
    options.setUp === false
      ? { clientId: '', clientSecret: '', organizationId: '' }
      : JSON.parse(readFileSync(credentialFile, 'utf8'))
  return {
    url,
    get program() {
      return program
    },
    clock,
    operatorId: manager.organizationId,
    manager: { clientId: manager.clientId, clientSecret: manager.clientSecret },
    admin: ADMIN,
    logLines,
    dataDirectory: env.KEYPORTER_DATA_DIR,
    databaseUrl: database?.url,
    flushUsage: () => program.flushUsage(),
    send: sendTo(url, manager.clientId === '' ? null : manager),
    restart: async (meanwhile) => {
      await program.close()
      reservedPort = await reservePort(HOST, port)
      await meanwhile?.()
      program = await start()
    },
    close: async () => {
      await program.close()
      await database?.drop()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

/**
 * Returns a function that sends requests to a Keyporter at an address. Default caller: the manager.
 */
export function sendTo(url: string, as: Pair | null): TestServer['send'] {
  return (method, path, request = {}) =>
    sendRequest(url, { method, path, request: { as, ...request } })
}

/**
 * Returns the `Authorization` of a pair (RFC 7617). Keyporter's IDs and secrets need no encoding.
 */
export function basic({ clientId, clientSecret }: Pair): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
}

async function sendRequest(
  url: string,
  {
    method,
    path,
    request,
  }: { readonly method: string; readonly path: string; readonly request: TestRequest },
): Promise<TestResponse> {
  const headers = new Headers(request.headers)
  if (typeof request.as === 'string') headers.set('authorization', `Bearer ${request.as}`)
  else if (request.as !== null && request.as !== undefined && request.cookie === undefined)
    headers.set('authorization', basic(request.as))
  if (request.cookie !== undefined) headers.set('cookie', request.cookie)
  const body = bodyOf(request, headers)
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parse(text) }
}

function bodyOf(request: TestRequest, headers: Headers): string | undefined {
  if (request.form !== undefined) {
    if (!headers.has('content-type'))
      headers.set('content-type', 'application/x-www-form-urlencoded')
    return typeof request.form === 'string'
      ? request.form
      : new URLSearchParams(request.form).toString()
  }
  if (request.body === undefined) return undefined
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return typeof request.body === 'string' ? request.body : JSON.stringify(request.body)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function createTestClock(fake: boolean): TestClock {
  let shiftMs = 0
  let fixed: number | undefined = fake ? Date.parse('2027-03-01T12:00:00.000Z') : undefined
  return {
    now: () => fixed ?? Date.now() + shiftMs,
    move: (byMs) => {
      if (fixed === undefined) shiftMs += byMs
      else fixed += byMs
    },
    setTo: (instant) => {
      fixed = Date.parse(instant)
    },
  }
}
