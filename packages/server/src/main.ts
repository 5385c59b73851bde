import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { type Config, parseConfig } from './config.ts'
import { compose, type Program } from './compose.ts'

const EXIT_CONFIG = 78
const EXIT_FAILURE = 1
const DRAIN_MS = 25_000

const help = `keyporter serve [--host ADDRESS] [--port NUMBER] [--data-dir DIRECTORY]

Serves Keyporter. Everything else is set by environment: docs/configuration.md.
`

/**
 * Serves until a signal ends it. SIGTERM and SIGINT: not ready, requests in flight end, exit 0; a second
 * signal ends at once.
 *
 * @param args what stands behind `serve` on the command line
 */
export async function serve(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'string' },
      port: { type: 'string' },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) return void process.stdout.write(help)
  const outcome = parseConfig({
    ...process.env,
    ...(values.host === undefined ? {} : { KEYPORTER_HOST: values.host }),
    ...(values.port === undefined ? {} : { KEYPORTER_PORT: values.port }),
    ...(values['data-dir'] === undefined ? {} : { KEYPORTER_DATA_DIR: values['data-dir'] }),
  })
  if (!outcome.ok)
    return fail(EXIT_CONFIG, [
      'Keyporter cannot start: its configuration is not valid.',
      ...outcome.problems,
    ])
  process.umask(0o077)
  await start(outcome.config)
}

async function start(config: Config): Promise<void> {
  const port = config.port === 0 ? await freePort(config.host) : config.port
  const localUrl = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  try {
    const program = await compose(config, config.publicUrl ?? localUrl)
    await program.http.listen({ host: config.host, port })
    announce(config, program, localUrl)
    stopOnSignals(program)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    fail(text.includes('root key') ? EXIT_CONFIG : EXIT_FAILURE, [
      `Keyporter cannot start: ${text}`,
    ])
    // Whatever was opened before the failure must not keep the process alive.
    process.exit()
  }
}

function announce(config: Config, program: Program, localUrl: string): void {
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
  process.stdout.write(`${lines.join('\n')}\n`)
}

function stopOnSignals(program: Program): void {
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(EXIT_FAILURE)
    stopping = true
    program.drain()
    setTimeout(() => process.exit(EXIT_FAILURE), DRAIN_MS).unref()
    await program.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void stop().catch(() => process.exit(EXIT_FAILURE)))
  }
}

/** The issuer is part of every token, so the port must be known before anything is made. */
async function freePort(host: string): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, host, resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

function fail(code: number, lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exitCode = code
}

// Not awaited: in the bundle, parts that are loaded on first use import this module, and would wait for it
// while it waits for them.
if (import.meta.main) void serve(process.argv.slice(2))
