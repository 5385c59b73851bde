import { readFileSync } from 'node:fs'
import { createKeyporter, type Keyporter } from '@keyporter/sdk'
import type { Command } from 'commander'
import { usageError } from './exit-codes.ts'
import { type Host, readStdin } from './host.ts'
import { createPrinter, type Format, type Printer } from './printer.ts'

/** The context of a command. */
export type CommandContext = {
  readonly host: Host
  readonly print: Printer
  /** Whether prompts are disabled. */
  readonly noInput: boolean
  /** Whether standard input contains the client secret. */
  readonly secretStdin: boolean
  /** Returns a client with the options and the environment. */
  readonly connect: () => Promise<Keyporter>
  /** The URL of the server. */
  readonly url: string
  /** The organization of `--organization`. */
  readonly organization: string | undefined
}

/** The options of every command. */
type GlobalOptions = {
  readonly url?: string
  readonly clientId?: string
  readonly credentialFile?: string
  readonly secretFile?: string
  readonly secretStdin?: boolean
  readonly organization?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly input?: boolean
}

const DEFAULT_URL = 'http://127.0.0.1:8080'

/** Declares the options of every command. None contains a secret, because other processes could read it. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option('--url <url>', `URL of the server (default: KEYPORTER_URL, else ${DEFAULT_URL})`)
    .option('--client-id <id>', 'client ID of the credential (default: KEYPORTER_CLIENT_ID)')
    .option(
      '--secret-file <file>',
      'file with the client secret (default: KEYPORTER_CLIENT_SECRET)',
    )
    .option('--secret-stdin', 'read the client secret from standard input')
    .option('--credential-file <file>', 'JSON file with clientId and clientSecret')
    .option('--organization <id>', 'organization to act for (credentials of the operator only)')
    .option('--json', 'print the API response as JSON')
    .option('--quiet', 'print only IDs')
    .option('--no-input', 'never prompt')
}

/** Creates the context of a command from its options. */
export function createContext(host: Host, command: Command): CommandContext {
  const options: GlobalOptions = command.optsWithGlobals()
  const url = options.url ?? host.env['KEYPORTER_URL'] ?? DEFAULT_URL
  return {
    host,
    url,
    organization: options.organization,
    print: createPrinter(host, formatOf(options)),
    noInput: options.input === false || host.stdin.isTTY !== true || host.stderr.isTTY !== true,
    secretStdin: options.secretStdin === true,
    connect: async () => {
      const credentials = await readClientCredentials(host, options)
      try {
        return createKeyporter({
          baseUrl: url,
          organizationId: options.organization,
          ...credentials,
        })
      } catch (error) {
        if (error instanceof TypeError) throw usageError(error.message)
        throw error
      }
    },
  }
}

function formatOf({ json, quiet }: GlobalOptions): Format {
  if (json === true) return 'json'
  return quiet === true ? 'quiet' : 'text'
}

type ClientCredentials = {
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
}

async function readClientCredentials(
  host: Host,
  options: GlobalOptions,
): Promise<ClientCredentials> {
  const { credentialFile, secretFile, secretStdin } = options
  const sources = [credentialFile, secretFile, secretStdin].filter((given) => given !== undefined)
  if (sources.length > 1) {
    throw usageError('Use only one of --credential-file, --secret-file and --secret-stdin.')
  }
  const fromFile = credentialFile === undefined ? {} : readCredentialFile(credentialFile)
  const secret = secretFile === undefined ? undefined : readText(secretFile).trim()
  return {
    clientId: options.clientId ?? fromFile.clientId ?? host.env['KEYPORTER_CLIENT_ID'],
    clientSecret:
      fromFile.clientSecret ??
      secret ??
      (secretStdin === true ? (await readStdin(host)).trim() : host.env['KEYPORTER_CLIENT_SECRET']),
  }
}

function readCredentialFile(path: string): { clientId?: string; clientSecret?: string } {
  const text = readText(path)
  const { clientId, clientSecret } = parseJsonObject(text) ?? {}
  if (typeof clientId === 'string' && typeof clientSecret === 'string') {
    return { clientId, clientSecret }
  }
  throw usageError(`${path} must contain JSON with clientId and clientSecret.`)
}

/** Parses a JSON object. Returns undefined for other text: the message of `JSON.parse` can contain a secret. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Reads a file of the command line. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw usageError(`Cannot read ${path}.`)
  }
}
