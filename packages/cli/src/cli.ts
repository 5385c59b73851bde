import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addApis } from './commands/apis.ts'
import { addAudit } from './commands/audit.ts'
import { addConnections } from './commands/connections.ts'
import { addCredentials } from './commands/credentials.ts'
import { addIntegrations } from './commands/integrations.ts'
import { addKeys } from './commands/keys.ts'
import { addOpenApi } from './commands/openapi.ts'
import { addGlobalOptions, type CommandContext, createContext } from './context.ts'
import { exitCodeHelp, exitCodes, explainError } from './exit-codes.ts'
import type { Host } from './host.ts'

/** Converts a command function to a commander action. */
export type Act = <A extends readonly unknown[]>(
  work: (ctx: CommandContext, ...args: A) => Promise<number | void>,
) => (...given: unknown[]) => Promise<void>

const examples = `
Examples:
  keyporter serve
  keyporter credentials create --name Zeus --all-permissions --output-env zeus.env
  keyporter credentials list --status active --json
  keyporter connections put intg_… shared --input connection.json
  keyporter connections test intg_… --path /me
  keyporter audit export --output audit.ndjson
  keyporter audit verify --file audit.ndjson`

const commands = [
  addCredentials,
  addApis,
  addIntegrations,
  addConnections,
  addAudit,
  addKeys,
  addOpenApi,
]

/**
 * Runs one command and returns the exit code. Prints results to standard output and messages to standard
 * error. Prints a secret only with the corresponding option.
 */
export async function runCli(args: readonly string[], host: Host): Promise<number> {
  let exitCode: number = exitCodes.ok
  const act: Act =
    <A extends readonly unknown[]>(
      work: (ctx: CommandContext, ...args: A) => Promise<number | void>,
    ) =>
    async (...given) => {
      const ctx = createContext(host, given.at(-1) as Command)
      // Safe because commander passes the declared arguments, and the command last.
      exitCode = (await work(ctx, ...(given.slice(0, -1) as unknown as A))) ?? exitCodes.ok
    }
  const program = createProgram(host)
  for (const add of commands) add(program, act)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    const explained = explainError(error)
    for (const line of explained.lines) host.stderr.write(`keyporter: ${line}\n`)
    return explained.exitCode
  }
}

function createProgram(host: Host): Command {
  const program = new Command('keyporter')
    .description(
      'Issue, verify and revoke API credentials, and call third-party APIs with stored credentials.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
    })
    .version(readVersion(), '--version', 'print the version')
    .showSuggestionAfterError()
    .addHelpText('after', `${examples}\n${exitCodeHelp}`)
  addGlobalOptions(program)
  program.command('serve').description('run a server (see keyporter serve --help)')
  return program
}

/** The relative path is the same in the sources and in the published package. */
function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return String(version)
}
