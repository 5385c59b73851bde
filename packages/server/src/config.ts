import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { isSecretPrefix, parseOutboundExceptions } from '@keyporter/protocol'
import * as z from 'zod'
import { parseRootKey } from './encryption/root-key.ts'

/** One environment variable: schema and documentation. */
type Variable = { readonly schema: z.ZodType; readonly secret?: true; readonly help: string }

const port = z
  .string()
  .regex(/^[0-9]{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535)
const text = z.string().min(1).max(4_096)
const publicUrl = text.refine(isPublicUrl)

/** The environment variables of the server. */
export const variables = {
  KEYPORTER_HOST: {
    schema: text.default('127.0.0.1'),
    help: 'IP address or host name to listen on',
  },
  KEYPORTER_PORT: {
    schema: port.default(8080),
    help: 'port, 0 to 65535; 0 selects a free port and prints it',
  },
  KEYPORTER_PUBLIC_URL: {
    schema: publicUrl.optional(),
    help: 'absolute http(s) URL without query and without a trailing slash: the issuer, and the base of all printed URLs',
  },
  KEYPORTER_DATA_DIR: {
    schema: text.default('./data'),
    help: 'directory of the SQLite file, the root key and the lock file',
  },
  DATABASE_URL: {
    schema: text
      .refine((value) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value))
      .optional(),
    secret: true,
    help: 'postgres://… URL; PostgreSQL instead of SQLite',
  },
  KEYPORTER_ROOT_KEY: {
    schema: text.refine((value) => parseRootKey(value) !== undefined).optional(),
    secret: true,
    help: '32 bytes, base64url; by default, the root.key file of the data directory, which is generated for an empty database',
  },
  KEYPORTER_ROOT_KEY_PREVIOUS: {
    schema: text.refine((value) => parseRootKey(value) !== undefined).optional(),
    secret: true,
    help: 'the previous root key, 32 bytes, base64url; required until `keyporter keys status` lists nothing that is encrypted under it',
  },
  KEYPORTER_INIT_ORGANIZATION: {
    schema: text.max(64).optional(),
    help: 'name of the first organization (empty database only)',
  },
  KEYPORTER_INIT_ADMIN_EMAIL: {
    schema: text.refine((value) => /^[^\s@]+@[^\s@]+$/.test(value)).optional(),
    help: 'e-mail address of the first member (empty database only)',
  },
  KEYPORTER_INIT_ADMIN_PASSWORD: {
    schema: text.min(8).max(1024).optional(),
    secret: true,
    help: 'password of the first member, at least 8 characters (empty database only)',
  },
  KEYPORTER_INIT_API: {
    schema: text.optional(),
    help: 'path of an OpenAPI document to import as the first API',
  },
  KEYPORTER_INIT_CREDENTIAL_FILE: {
    schema: text.optional(),
    help: 'file to which the first start writes a management credential with full access; mode 0600, never overwritten',
  },
  KEYPORTER_SECRET_PREFIX: {
    schema: text.refine(isSecretPrefix).default('kp'),
    help: 'prefix of issued secrets: 2 to 16 lower-case letters and digits',
  },
  KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: {
    schema: text
      .transform((value) => value.split(',').map((part) => part.trim()))
      .refine((parts) => parseOutboundExceptions(parts) !== undefined)
      .default([]),
    help: 'comma-separated hosts or CIDR ranges that outbound calls may reach although they are private, and without TLS',
  },
  KEYPORTER_TRUSTED_PROXIES: {
    schema: text
      .transform((value) => value.split(',').map((part) => part.trim()))
      .refine((parts) => parts.every(isAddressOrRange))
      .default([]),
    help: 'comma-separated addresses or CIDR ranges of proxies whose X-Forwarded-* headers are trusted',
  },
  KEYPORTER_METRICS_TOKEN: {
    schema: text.min(16).optional(),
    secret: true,
    help: 'bearer token for GET /metrics, at least 16 characters; without it, /metrics does not exist',
  },
  KEYPORTER_LOG_LEVEL: {
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    help: 'debug, info, warn, error or silent',
  },
} as const satisfies Record<string, Variable>

/** Variables of the command line and the SDK, which may be set in the same environment. */
const clientVariables: readonly string[] = [
  'KEYPORTER_URL',
  'KEYPORTER_CLIENT_ID',
  'KEYPORTER_CLIENT_SECRET',
]

type Variables = typeof variables
type Parsed = { readonly [N in keyof Variables]: z.output<Variables[N]['schema']> }

/** The configuration, parsed. */
export type Config = {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
  readonly dataDirectory: string
  readonly databaseUrl: string | undefined
  readonly rootKey: Uint8Array | undefined
  readonly previousRootKey: Uint8Array | undefined
  readonly init: {
    readonly organization: string | undefined
    readonly adminEmail: string | undefined
    readonly adminPassword: string | undefined
    readonly api: string | undefined
    readonly credentialFile: string | undefined
  }
  readonly secretPrefix: string
  readonly allowPrivateNetwork: readonly string[]
  readonly trustedProxies: readonly string[]
  readonly metricsToken: string | undefined
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** A configuration, or all its problems. A problem never contains a value, which may be secret. */
export type ConfigOutcome =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Parses the environment. Invalid values and unknown `KEYPORTER_…` names (probable typing errors)
 * are problems; there is no silent fallback to a default.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, variable] of Object.entries<Variable>(variables)) {
    const raw = readVariable(env, name, variable, problems)
    if (raw === undefined && problems.some((problem) => problem.startsWith(`${name}:`))) continue
    const parsed = variable.schema.safeParse(raw)
    if (parsed.success) values[name] = parsed.data
    else problems.push(`${name}: invalid value. Expected: ${variable.help}.`)
  }
  problems.push(...unknownNames(env), ...incomplete(values, problems))
  if (problems.length > 0) return { ok: false, problems }
  // safe because every variable of the table was parsed by its schema
  return { ok: true, config: toConfig(values as Parsed) }
}

function readVariable(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  variable: Variable,
  problems: string[],
): string | undefined {
  const direct = env[name] === '' ? undefined : env[name]
  const path = variable.secret === true ? env[`${name}_FILE`] : undefined
  if (path === undefined || path === '') return direct
  if (direct !== undefined) {
    problems.push(`${name}: set both directly and as ${name}_FILE. Set only one of them.`)
    return undefined
  }
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch {
    problems.push(`${name}: cannot read the file named by ${name}_FILE.`)
    return undefined
  }
}

function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const own = Object.entries<Variable>(variables).flatMap(([name, { secret }]) =>
    secret === true ? [name, `${name}_FILE`] : [name],
  )
  const known = new Set([...own, ...clientVariables])
  return Object.keys(env)
    .filter((name) => name.startsWith('KEYPORTER_') && !name.startsWith('KEYPORTER_TEST_'))
    .filter((name) => !known.has(name))
    .map((name) => `${name}: unknown variable.`)
}

function incomplete(
  values: Readonly<Record<string, unknown>>,
  problems: readonly string[],
): string[] {
  const admin = ['KEYPORTER_INIT_ADMIN_EMAIL', 'KEYPORTER_INIT_ADMIN_PASSWORD']
  const [missing, ...others] = admin.filter((name) => values[name] === undefined)
  // An invalid value was already reported.
  const isReported = problems.some((problem) => problem.startsWith(`${missing}:`))
  if (missing === undefined || others.length > 0 || isReported) return []
  return [`${missing}: missing. Set e-mail address and password together.`]
}

function toConfig(values: Parsed): Config {
  return {
    host: values.KEYPORTER_HOST,
    port: values.KEYPORTER_PORT,
    publicUrl: values.KEYPORTER_PUBLIC_URL,
    dataDirectory: values.KEYPORTER_DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    rootKey: parseRootKey(values.KEYPORTER_ROOT_KEY ?? ''),
    previousRootKey: parseRootKey(values.KEYPORTER_ROOT_KEY_PREVIOUS ?? ''),
    init: {
      organization: values.KEYPORTER_INIT_ORGANIZATION,
      adminEmail: values.KEYPORTER_INIT_ADMIN_EMAIL,
      adminPassword: values.KEYPORTER_INIT_ADMIN_PASSWORD,
      api: values.KEYPORTER_INIT_API,
      credentialFile: values.KEYPORTER_INIT_CREDENTIAL_FILE,
    },
    secretPrefix: values.KEYPORTER_SECRET_PREFIX,
    allowPrivateNetwork: values.KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK,
    trustedProxies: values.KEYPORTER_TRUSTED_PROXIES,
    metricsToken: values.KEYPORTER_METRICS_TOKEN,
    logLevel: values.KEYPORTER_LOG_LEVEL,
  }
}

/** Verifiers compare the issuer byte for byte (RFC 8414 §3.3), so the value is never normalized. */
function isPublicUrl(value: string): boolean {
  // zod runs every refinement, even after a failed one: check that the value parses first.
  if (!URL.canParse(value) || /[?#]/.test(value) || value.endsWith('/')) return false
  const { protocol, username, password } = new URL(value)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

function isAddressOrRange(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  )
}
