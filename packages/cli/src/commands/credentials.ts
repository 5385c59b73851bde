import { writeSync } from 'node:fs'
import type { Keyporter } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import { confirmName } from '../confirm.ts'
import { exitCodes, usageError } from '../exit-codes.ts'
import { limitOption } from '../limit-option.ts'
import { makeNewFile, type NewFile } from '../new-file.ts'
import type { Session } from '../session.ts'

type ListOptions = {
  readonly status?: 'active' | 'suspended' | 'expired' | 'revoked'
  readonly environment?: 'production' | 'test'
  readonly permission?: string
  readonly q?: string
  readonly limit?: number
  readonly cursor?: string
  readonly all?: boolean
}

type CreateOptions = {
  readonly name: string
  readonly notes?: string
  readonly expires?: string
  readonly permission?: readonly string[]
  readonly allPermissions?: boolean
  readonly fullAccess?: boolean
  readonly api?: string
  readonly environment?: 'production' | 'test'
  readonly showSecret?: boolean
  readonly outputEnv?: string
}

type Shown = Awaited<ReturnType<Keyporter['credentials']['get']>>

/** Declares `keyporter credentials …`. */
export function addCredentials(program: Command, act: Act): void {
  const credentials = program.command('credentials').description('credentials that you issue')
  credentials
    .command('list')
    .description('list credentials, the newest first')
    .addOption(
      new Option('--status <status>', 'of this status alone').choices([
        'active',
        'suspended',
        'expired',
        'revoked',
      ]),
    )
    .addOption(environmentOption())
    .option('--permission <name>', 'with this permission alone')
    .option('-q, --q <text>', 'with this text in name, notes or client ID')
    .addOption(limitOption())
    .option('--cursor <cursor>', 'where to go on')
    .option('--all', 'every page; as JSON, one credential on a line')
    .action(act(listCredentials))
  credentials
    .command('create')
    .description('create a credential; its secret is shown now or never')
    .requiredOption('--name <name>', 'what it is called')
    .option('--notes <text>', 'what it is for')
    .option('--expires <instant>', 'when it ends, such as 2027-06-30T00:00:00Z')
    .option('--permission <name>', 'a permission; repeat it for more', collect)
    .option('--all-permissions', 'every permission that the api lists today')
    .option('--full-access', 'the kind that may do everything, now and later')
    .option('--api <id or slug>', 'the api that it is for, where there are several')
    .addOption(environmentOption())
    .option('--show-secret', 'print the secret')
    .option('--output-env <file>', 'write client ID and secret to a new file, mode 0600')
    .action(act(createCredential))
  credentials
    .command('show')
    .description('show a credential')
    .argument('<id>')
    .action(act(showCredential))
  credentials
    .command('revoke')
    .description('revoke a credential, for good')
    .argument('<id>')
    .option('--reason <text>', 'why; stands in the audit log')
    .option('--confirm <name>', 'its name, in place of being asked for it')
    .action(act(revokeCredential))
}

function environmentOption(): Option {
  return new Option('--environment <environment>').choices(['production', 'test'])
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

async function listCredentials({ connect, print }: Session, options: ListOptions): Promise<void> {
  const { all, limit, ...filters } = options
  const keyporter = await connect()
  const list = keyporter.credentials.list({
    ...filters,
    limit: limit ?? (all === true ? 100 : undefined),
  })
  const columns = ['id', 'name', 'status', 'environment', 'expires', 'client id']
  const row = (one: Shown): readonly string[] => [
    one.id,
    one.name,
    one.status,
    one.environment,
    one.expiresAt,
    one.clientId,
  ]
  if (all === true && print.format !== 'text') {
    for await (const one of list)
      await (print.format === 'json' ? print.jsonLine(one) : print.line(one.id))
    return
  }
  if (all === true) {
    const rows: (readonly string[])[] = []
    for await (const one of list) rows.push(row(one))
    return print.table(columns, rows)
  }
  const page = await list
  if (print.format === 'json') return print.json(page)
  if (print.format === 'quiet') for (const { id } of page.data) await print.line(id)
  else await print.table(columns, page.data.map(row))
  if (page.nextCursor !== null) print.say(`There are more: --cursor ${page.nextCursor}, or --all.`)
}

async function createCredential(
  { connect, print, url }: Session,
  options: CreateOptions,
): Promise<number | void> {
  const { showSecret, outputEnv, api, allPermissions, fullAccess, permission, expires } = options
  const prints = print.format === 'json' || (showSecret === true && print.format === 'text')
  // Before anything is made: a secret that nobody took down would be lost.
  if (!prints && outputEnv === undefined) {
    throw usageError('Say where the secret goes: --show-secret, --json or --output-env <file>.')
  }
  const keyporter = await connect()
  const permissions = allPermissions === true ? 'all' : permission
  const file = outputEnv === undefined ? undefined : makeNewFile(outputEnv)
  const { name, notes, environment } = options
  const created = await create().catch((error: unknown) => {
    file?.discard()
    throw error
  })
  if (created.clientSecret === null) {
    file?.discard()
    print.say(`The answer with the secret of ${created.id} was lost: revoke it and create another.`)
    return exitCodes.failure
  }
  if (file !== undefined) writeEnv(file, url, created.clientId, created.clientSecret)
  if (print.format === 'json') return print.json(created)
  if (print.format === 'quiet') return print.line(created.id)
  const secret = showSecret === true ? created.clientSecret : undefined
  await print.facts([
    ['id', created.id],
    ['client id', created.clientId],
    ...(secret === undefined ? [] : [['client secret', secret] as const]),
    ['token url', created.tokenUrl],
    ['expires', created.expiresAt],
  ])
  if (secret !== undefined) print.say('The secret is shown this once. Keep it safe.')

  async function create() {
    return keyporter.credentials.create({
      name,
      notes,
      environment,
      permissions: typeof permissions === 'object' ? [...permissions] : permissions,
      expiresAt: expires,
      kind: fullAccess === true ? 'full_access' : undefined,
      apiId: api === undefined ? undefined : await findApi(keyporter, api),
    })
  }
}

function writeEnv(file: NewFile, url: string, clientId: string, clientSecret: string): void {
  const lines = [
    `KEYPORTER_URL=${url}`,
    `KEYPORTER_CLIENT_ID=${clientId}`,
    `KEYPORTER_CLIENT_SECRET=${clientSecret}`,
  ]
  try {
    writeSync(file.descriptor, `${lines.join('\n')}\n`)
  } finally {
    file.close()
  }
}

async function showCredential({ connect, print }: Session, id: string): Promise<void> {
  const keyporter = await connect()
  const one = await keyporter.credentials.get({ id })
  if (print.format === 'json') return print.json(one)
  if (print.format === 'quiet') return print.line(one.id)
  return print.facts(describe(one))
}

async function revokeCredential(
  session: Session,
  id: string,
  { reason, confirm }: { readonly reason?: string; readonly confirm?: string },
): Promise<void> {
  const { connect, print } = session
  const keyporter = await connect()
  const { name } = await keyporter.credentials.get({ id })
  await confirmName(session, { what: `Revoking ${name} cannot be undone.`, name, given: confirm })
  const one = await keyporter.credentials.revoke({ id, reason })
  if (print.format === 'json') return print.json(one)
  if (print.format === 'quiet') return print.line(one.id)
  return print.facts(describe(one))
}

function describe(one: Shown): readonly (readonly [string, string])[] {
  const facts: (readonly [string, string | null])[] = [
    ['id', one.id],
    ['client id', one.clientId],
    ['name', one.name],
    ['status', one.status],
    ['environment', one.environment],
    ['kind', one.kind],
    ['api', one.apiIdentifier],
    ['scope', one.scope],
    ['created', `${one.createdAt} by ${one.createdBy.name}`],
    ['expires', one.expiresAt],
    ['last used', one.lastUsedAt],
    ['revoked', one.revokedAt],
    ['reason', one.revokedReason],
    ['token url', one.tokenUrl],
  ]
  return facts.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]))
}

/** An id is one already; anything else is a slug. */
async function findApi(keyporter: Keyporter, api: string): Promise<string> {
  if (api.startsWith('api_')) return api
  const { data } = await keyporter.apis.list({ slug: api })
  const [found] = data
  if (found === undefined) throw usageError(`There is no api with the slug ${api}.`)
  return found.id
}
