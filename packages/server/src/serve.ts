import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compose, type Program } from './compose.ts'
import { type Config, parseConfig } from './config.ts'
import { AppError } from './kernel/app-error.ts'
import { type ReservedPort, reservePort } from './platform/reserved-port.ts'

const EXIT_CONFIG = 78
const EXIT_FAILURE = 1
const EXIT_USAGE = 2
const DRAIN_MS = 25_000
const IDLE_CONNECTION_GRACE_MS = 1_000

// The same path from the sources, from the bundle and from the published package.
const consoleDirectory = fileURLToPath(new URL('../dist/console', import.meta.url))

const help = `keyporter serve [--host ADDRESS] [--port NUMBER] [--data-dir DIRECTORY]

Runs the Keyporter server. All other settings are environment variables: docs/configuration.md.
`

/** The part of the process that {@link serve} uses. */
export type Host = Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr' | 'umask' | 'on' | 'exit'>

/**
 * Runs the server until SIGTERM or SIGINT. The first signal makes the server not ready, completes requests
 * in flight and exits with 0; a second signal exits immediately. An invalid configuration exits with 78 and
 * reports every problem.
 *
 * @param args the arguments after `serve`
 */
export async function serve(args: readonly string[], host: Host): Promise<void> {
  const values = readArguments(args)
  if (values === undefined) return fail(host, EXIT_USAGE, [help.trimEnd()])
  if (values.help === true) return void host.stdout.write(help)
  const outcome = parseConfig({
    ...host.env,
    ...(values.host === undefined ? {} : { KEYPORTER_HOST: values.host }),
    ...(values.port === undefined ? {} : { KEYPORTER_PORT: values.port }),
    ...(values['data-dir'] === undefined ? {} : { KEYPORTER_DATA_DIR: values['data-dir'] }),
  })
  if (!outcome.ok) {
    const { problems } = outcome
    return fail(host, EXIT_CONFIG, [
      'Keyporter cannot start: the configuration is invalid.',
      ...problems,
    ])
  }
  host.umask(0o077)
  await start(outcome.config, host)
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        'data-dir': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch {
    return undefined
  }
}

async function start(config: Config, host: Host): Promise<void> {
  let reserved: ReservedPort | undefined
  try {
    // The issuer URL contains the port and is part of every token, so the port must be known first.
    if (config.port === 0) reserved = await reservePort(config.host)
    const port = reserved?.port ?? config.port
    const localUrl = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
    const program = await compose(config, config.publicUrl ?? localUrl, { consoleDirectory })
    const endConnections = trackConnections(program.http.server)
    await program.http.ready()
    reserved?.release()
    await program.http.listen({ host: config.host, port })
    // A supervisor may stop the process as soon as it reads the startup message.
    stopOnSignals(program, { host, endConnections })
    host.stdout.write(startupMessage(config, program, localUrl))
  } catch (error) {
    reserved?.release()
    fail(host, isConfigurationError(error) ? EXIT_CONFIG : EXIT_FAILURE, [
      `Keyporter cannot start: ${describe(error)}`,
    ])
  }
}

/** The message of an AggregateError, such as a failed connection to several addresses, is empty. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** Returns whether a different setting fixes the error: the root key, or a `KEYPORTER_INIT_…` variable. */
function isConfigurationError(error: unknown): boolean {
  if (error instanceof AppError) return ['invalid_request', 'invalid_document'].includes(error.code)
  return error instanceof Error && error.message.includes('root key')
}

function startupMessage(config: Config, program: Program, localUrl: string): string {
  const lines = [`Keyporter listens on ${localUrl}`]
  if (program.publicUrl !== localUrl) lines.push(`Public URL: ${program.publicUrl}`)
  if (program.setupLink !== undefined) {
    lines.push(`Set up Keyporter within an hour: ${program.setupLink}`)
    lines.push(`The setup code is also in ${config.dataDirectory}/setup-code.`)
  }
  if (config.allowPrivateNetwork.length > 0) {
    lines.push(
      `DANGER: outbound calls can reach these private addresses: ${config.allowPrivateNetwork.join(', ')}`,
    )
  }
  return `${lines.join('\n')}\n`
}

function stopOnSignals(
  program: Program,
  { host, endConnections }: { readonly host: Host; readonly endConnections: () => void },
): void {
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) host.exit(EXIT_FAILURE)
    stopping = true
    program.drain()
    setTimeout(() => host.exit(EXIT_FAILURE), DRAIN_MS).unref()
    endConnections()
    await program.close()
    host.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    host.on(signal, () => void stop().catch(() => host.exit(EXIT_FAILURE)))
  }
}

/**
 * Tracks the connections of a server. Returns a function that ends them: responses in flight get
 * `Connection: close`, and after a second connections without a complete request are destroyed, because
 * `server.close()` waits for them and no longer applies their timeouts.
 */
function trackConnections(server: Server): () => void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  const sendConnectionClose = (): void => {
    for (const response of [...open].map(pendingResponse)) {
      if (response?.headersSent === false) response.setHeader('connection', 'close')
    }
  }
  const destroyIdle = (): void => {
    sendConnectionClose()
    for (const socket of open) if (pendingResponse(socket) === undefined) socket.destroy()
  }
  return () => {
    sendConnectionClose()
    setInterval(destroyIdle, IDLE_CONNECTION_GRACE_MS).unref()
  }
}

/** Returns the response that Node is about to send on a connection. */
function pendingResponse(socket: Socket): ServerResponse | undefined {
  // safe because Node sets this property only to the response of the current request, or to null
  const { _httpMessage: response } = socket as Socket & { _httpMessage?: ServerResponse | null }
  return response ?? undefined
}

/** Exits explicitly, because open handles would keep the process alive. */
function fail(host: Host, code: number, lines: readonly string[]): never {
  host.stderr.write(`${lines.join('\n')}\n`)
  return host.exit(code)
}
