import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { isSecretPrefix, parseOutboundExceptions } from '@keyporter/protocol'
import * as z from 'zod'
import { parseRootKey } from './encryption/root-key.ts'

/** One variable: how it is documented and parsed. The table is the whole configuration. */
type Variable = { readonly schema: z.ZodType; readonly secret?: true; readonly help: string }

const port = z
  .string()
  .regex(/^[0-9]{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535)
const text = z.string().min(1).max(4_096)
const publicUrl = text.refine(isPublicUrl)

/** Every environment variable that the server reads. */
export const variables = {
  KEYPORTER_HOST: { schema: text.default('127.0.0.1'), help: 'address to listen on' },
  KEYPORTER_PORT: {
    schema: port.default(8080),
    help: 'port, 0 to 65535; 0 takes a free one and prints it',
  },
  KEYPORTER_PUBLIC_URL: {
    schema: publicUrl.optional(),
    help: 'absolute http(s) URL without query and without a slash at the end: the issuer, and the base of every URL that is printed',
  },
  KEYPORTER_DATA_DIR: {
    schema: text.default('./data'),
    help: 'directory of the SQLite file, the root key and the lock',
  },
  DATABASE_URL: {
    schema: text
      .refine((value) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value))
      .optional(),
    secret: true,
    help: 'postgres://… : PostgreSQL instead of SQLite',
  },
  KEYPORTER_ROOT_KEY: {
    schema: text.refine((value) => parseRootKey(value) !== undefined).optional(),
    secret: true,
    help: '32 bytes, base64url; made in the data directory when absent there and no data exists',
  },
  KEYPORTER_ROOT_KEY_PREVIOUS: {
    schema: text.refine((value) => parseRootKey(value) !== undefined).optional(),
    secret: true,
    help: 'the root key before this one, 32 bytes, base64url: while `keyporter keys status` says that values are under it',
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
    help: 'path of an OpenAPI document to import as the first api',
  },
  KEYPORTER_INIT_CREDENTIAL_FILE: {
    schema: text.optional(),
    help: 'where the first start writes an all-powerful management credential, mode 0600, never overwritten',
  },
  KEYPORTER_SECRET_PREFIX: {
    schema: text.refine(isSecretPrefix).default('kp'),
    help: 'the company’s own prefix of secrets: lower-case letters and digits, 2 to 16',
  },
  KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: {
    schema: text
      .transform((value) => value.split(',').map((part) => part.trim()))
      .refine((parts) => parseOutboundExceptions(parts) !== undefined)
      .default([]),
    help: 'comma list of hosts or CIDRs that outbound calls may reach although private, and without TLS',
  },
  KEYPORTER_TRUSTED_PROXIES: {
    schema: text
      .transform((value) => value.split(',').map((part) => part.trim()))
      .refine((parts) => parts.every(isAddressOrRange))
      .default([]),
    help: 'comma list of addresses or CIDRs whose X-Forwarded-* headers are believed',
  },
  KEYPORTER_METRICS_TOKEN: {
    schema: text.min(16).optional(),
    secret: true,
    help: 'bearer token, at least 16 characters, with which GET /metrics can be read; without it there is no /metrics',
  },
  KEYPORTER_LOG_LEVEL: {
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    help: 'debug, info, warn, error or silent',
  },
} as const satisfies Record<string, Variable>

/** Variables of the command line and the SDK, which may well stand in the same environment. */
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

/** A configuration, or every problem of it at once: one sentence each, never with a value. */
export type ConfigOutcome =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Parses the environment. What is absent has its documented default; what is present but invalid is a
 * problem, never ignored. Unknown `KEYPORTER_…` names are problems too: they are typing errors.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, variable] of Object.entries<Variable>(variables)) {
    const raw = readVariable(env, name, variable, problems)
    if (raw === undefined && problems.some((problem) => problem.startsWith(`${name}:`))) continue
    const parsed = variable.schema.safeParse(raw)
    if (parsed.success) values[name] = parsed.data
    else problems.push(`${name}: not valid. Expected: ${variable.help}.`)
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
    problems.push(`${name}: given twice, directly and as ${name}_FILE. Expected: one of them.`)
    return undefined
  }
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch {
    problems.push(`${name}: the file that ${name}_FILE names cannot be read.`)
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
    .map((name) => `${name}: there is no such variable.`)
}

function incomplete(
  values: Readonly<Record<string, unknown>>,
  problems: readonly string[],
): string[] {
  const admin = ['KEYPORTER_INIT_ADMIN_EMAIL', 'KEYPORTER_INIT_ADMIN_PASSWORD']
  const [missing, ...others] = admin.filter((name) => values[name] === undefined)
  // One that is there but not valid is a problem already.
  const isThere = problems.some((problem) => problem.startsWith(`${missing}:`))
  if (missing === undefined || others.length > 0 || isThere) return []
  return [`${missing}: missing. Expected: e-mail and password together.`]
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

/** The issuer is compared byte for byte (RFC 8414 §3.3): it is taken as it stands, or not at all. */
function isPublicUrl(value: string): boolean {
  // Every refinement runs, also after one that failed: what needs a URL stands behind the first.
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
