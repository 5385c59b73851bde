import { readFileSync } from 'node:fs'
import { createKeyporter, type Keyporter } from '@keyporter/sdk'
import type { Command } from 'commander'
import { usageError } from './exit-codes.ts'
import { type Host, readStdin } from './host.ts'
import { createPrinter, type Format, type Printer } from './printer.ts'

/** What a command works with. */
export type Session = {
  readonly host: Host
  readonly print: Printer
  /** Whether nobody may be asked. */
  readonly noInput: boolean
  /** Whether the standard input holds the secret of the credential. */
  readonly secretStdin: boolean
  /** The client, as the options and the environment say. */
  readonly connect: () => Promise<Keyporter>
  /** Where the server is. */
  readonly url: string
  /** The organization that `--organization` names. */
  readonly organization: string | undefined
}

/** The options that every command has. */
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

/** Declares the options that every command has. A secret is never one of them: others could see it. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option('--url <url>', `where the server is (KEYPORTER_URL, else ${DEFAULT_URL})`)
    .option('--client-id <id>', 'the credential to use (KEYPORTER_CLIENT_ID)')
    .option('--secret-file <file>', 'a file that holds its secret (else KEYPORTER_CLIENT_SECRET)')
    .option('--secret-stdin', 'read its secret from the standard input')
    .option('--credential-file <file>', 'a JSON file with clientId and clientSecret')
    .option('--organization <id>', 'the organization to act for, for the operator’s credentials')
    .option('--json', 'print what the API answered, as JSON')
    .option('--quiet', 'print ids alone')
    .option('--no-input', 'never ask anything')
}

/** What a command was told, in the form that commands work with. */
export function openSession(host: Host, command: Command): Session {
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
      const pair = await readPair(host, options)
      try {
        return createKeyporter({ baseUrl: url, organizationId: options.organization, ...pair })
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

type Pair = { readonly clientId: string | undefined; readonly clientSecret: string | undefined }

async function readPair(host: Host, options: GlobalOptions): Promise<Pair> {
  const { credentialFile, secretFile, secretStdin } = options
  const sources = [credentialFile, secretFile, secretStdin].filter((given) => given !== undefined)
  if (sources.length > 1) {
    throw usageError('One of --credential-file, --secret-file and --secret-stdin is enough.')
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
  const value = parseObject(text)
  const { clientId, clientSecret } = value
  if (typeof clientId === 'string' && typeof clientSecret === 'string') {
    return { clientId, clientSecret }
  }
  throw usageError(`${path}: JSON with clientId and clientSecret is needed.`)
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    // What JSON.parse says would quote the secret.
    return {}
  }
}

/** Reads a file that the command line names. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw usageError(`${path} cannot be read.`)
  }
}
