import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compose, type Program } from './compose.ts'
import { type Config, parseConfig } from './config.ts'
import { AppError } from './kernel/app-error.ts'
import { type HeldPort, holdPort } from './platform/held-port.ts'

const EXIT_CONFIG = 78
const EXIT_FAILURE = 1
const EXIT_USAGE = 2
const DRAIN_MS = 25_000
const IDLE_CONNECTION_GRACE_MS = 1_000

// The same from the sources of this package, from its bundle and from what is published.
const consoleDirectory = fileURLToPath(new URL('../dist/console', import.meta.url))

const help = `keyporter serve [--host ADDRESS] [--port NUMBER] [--data-dir DIRECTORY]

Serves Keyporter. Everything else is set by environment: docs/configuration.md.
`

/** What serving needs of the process that it runs in. */
export type Host = Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr' | 'umask' | 'on' | 'exit'>

/**
 * Serves until a signal ends it. SIGTERM and SIGINT: not ready, requests in flight end, exit 0; a second
 * signal ends at once. A configuration that is not valid: exit 78, with every problem named.
 *
 * @param args what stands behind `serve` on the command line
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
      'Keyporter cannot start: its configuration is not valid.',
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
  let held: HeldPort | undefined
  try {
    // The issuer is part of every token, so the port must be known before anything is made.
    if (config.port === 0) held = await holdPort(config.host)
    const port = held?.port ?? config.port
    const localUrl = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
    const program = await compose(config, config.publicUrl ?? localUrl, { consoleDirectory })
    const endConnections = trackConnections(program.http.server)
    await program.http.ready()
    held?.release()
    await program.http.listen({ host: config.host, port })
    // Whoever reads that it serves may end it at once, and in good order.
    stopOnSignals(program, { host, endConnections })
    host.stdout.write(startupMessage(config, program, localUrl))
  } catch (error) {
    held?.release()
    fail(host, isConfigurationError(error) ? EXIT_CONFIG : EXIT_FAILURE, [
      `Keyporter cannot start: ${describe(error)}`,
    ])
  }
}

/** Of several addresses that were tried in vain the error as a whole says nothing. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** What the operator mends by setting something else: a root key, or values of the first start. */
function isConfigurationError(error: unknown): boolean {
  if (error instanceof AppError) return ['invalid_request', 'invalid_document'].includes(error.code)
  return error instanceof Error && error.message.includes('root key')
}

function startupMessage(config: Config, program: Program, localUrl: string): string {
  const lines = [`Keyporter serves on ${localUrl}`]
  if (program.publicUrl !== localUrl) lines.push(`Its public address is ${program.publicUrl}`)
  if (program.setupLink !== undefined) {
    lines.push(`Set it up once, within an hour: ${program.setupLink}`)
    lines.push(`The code alone is in ${config.dataDirectory}/setup-code.`)
  }
  if (config.allowPrivateNetwork.length > 0) {
    lines.push(
      `DANGER: outbound calls may reach these private addresses: ${config.allowPrivateNetwork.join(', ')}`,
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
 * Keeps an eye on the connections; gives back how to end them. The answer to a request in flight says that
 * it is the last one of its connection, which would else be kept alive; a connection over which no whole
 * request has come a second later is closed: Node waits for it, and no longer times it out.
 */
function trackConnections(server: Server): () => void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  const announceLast = (): void => {
    for (const answer of [...open].map(pendingResponse)) {
      if (answer?.headersSent === false) answer.setHeader('connection', 'close')
    }
  }
  const closeUnbegun = (): void => {
    announceLast()
    for (const socket of open) if (pendingResponse(socket) === undefined) socket.destroy()
  }
  return () => {
    announceLast()
    setInterval(closeUnbegun, IDLE_CONNECTION_GRACE_MS).unref()
  }
}

/** The answer that Node is about to give over a connection. */
function pendingResponse(socket: Socket): ServerResponse | undefined {
  // safe because Node keeps it there, or null, while a request is under way, and nothing else
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse | null }
  return answer ?? undefined
}

/** Whatever was opened before the failure must not keep the process alive. */
function fail(host: Host, code: number, lines: readonly string[]): never {
  host.stderr.write(`${lines.join('\n')}\n`)
  return host.exit(code)
}
