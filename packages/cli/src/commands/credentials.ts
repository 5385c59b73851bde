import { writeSync } from 'node:fs'
import type { Keyporter } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import { confirmName } from '../confirm.ts'
import type { CommandContext } from '../context.ts'
import { exitCodes, usageError } from '../exit-codes.ts'
import { makeNewFile, type NewFile } from '../new-file.ts'
import { environmentOption, limitOption } from '../options.ts'

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

type Credential = Awaited<ReturnType<Keyporter['credentials']['get']>>

/** Declares `keyporter credentials …`. */
export function addCredentials(program: Command, act: Act): void {
  const credentials = program.command('credentials').description('issued credentials')
  credentials
    .command('list')
    .description('list credentials, newest first')
    .addOption(
      new Option('--status <status>', 'only credentials with this status').choices([
        'active',
        'suspended',
        'expired',
        'revoked',
      ]),
    )
    .addOption(environmentOption())
    .option('--permission <name>', 'only credentials with this permission')
    .option('-q, --q <text>', 'only credentials with this text in name, notes or client ID')
    .addOption(limitOption())
    .option('--cursor <cursor>', 'cursor of the next page')
    .option('--all', 'all pages; with --json one credential per line')
    .action(act(listCredentials))
  credentials
    .command('create')
    .description('create a credential; the secret is shown only once')
    .requiredOption('--name <name>', 'name of the credential')
    .option('--notes <text>', 'purpose of the credential')
    .option('--expires <instant>', 'expiry, such as 2027-06-30T00:00:00Z')
    .option('--permission <name>', 'permission; repeat the option for more', collect)
    .option('--all-permissions', 'every current permission of the API')
    .option('--full-access', 'every current and future permission of the API')
    .option('--api <id or slug>', 'API of the credential, if there are several')
    .addOption(environmentOption())
    .option('--show-secret', 'print the secret')
    .option('--output-env <file>', 'write client ID and secret to a new file with mode 0600')
    .action(act(createCredential))
  credentials
    .command('show')
    .description('show a credential')
    .argument('<id>')
    .action(act(showCredential))
  credentials
    .command('revoke')
    .description('revoke a credential permanently')
    .argument('<id>')
    .option('--reason <text>', 'reason, for the audit log')
    .option('--confirm <name>', 'name of the credential, to skip the prompt')
    .action(act(revokeCredential))
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

async function listCredentials(
  { connect, print }: CommandContext,
  options: ListOptions,
): Promise<void> {
  const { all, limit, ...filters } = options
  const keyporter = await connect()
  const list = keyporter.credentials.list({
    ...filters,
    limit: limit ?? (all === true ? 100 : undefined),
  })
  const columns = ['id', 'name', 'status', 'environment', 'expires', 'client id']
  const row = (one: Credential): readonly string[] => [
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
  if (page.nextCursor !== null) print.message(`More results: --cursor ${page.nextCursor}, or --all`)
}

async function createCredential(
  { connect, print, url }: CommandContext,
  options: CreateOptions,
): Promise<number | void> {
  const { showSecret, outputEnv, api, allPermissions, fullAccess, permission, expires } = options
  const prints = print.format === 'json' || (showSecret === true && print.format === 'text')
  // Checked before the creation, because the secret would otherwise be lost.
  if (!prints && outputEnv === undefined) {
    throw usageError(
      'The secret needs an output. Use --show-secret, --json or --output-env <file>.',
    )
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
    print.message(
      `The response with the secret of ${created.id} was lost. Revoke the credential and create another one.`,
    )
    return exitCodes.failure
  }
  if (file !== undefined) writeEnv(file, url, created.clientId, created.clientSecret)
  if (print.format === 'json') return print.json(created)
  if (print.format === 'quiet') return print.line(created.id)
  const secret = showSecret === true ? created.clientSecret : undefined
  await print.record([
    ['id', created.id],
    ['client id', created.clientId],
    ...(secret === undefined ? [] : [['client secret', secret] as const]),
    ['token url', created.tokenUrl],
    ['expires', created.expiresAt],
  ])
  if (secret !== undefined) print.message('The secret is shown only once. Store it safely.')

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

async function showCredential({ connect, print }: CommandContext, id: string): Promise<void> {
  const keyporter = await connect()
  const one = await keyporter.credentials.get({ id })
  if (print.format === 'json') return print.json(one)
  if (print.format === 'quiet') return print.line(one.id)
  return print.record(describe(one))
}

async function revokeCredential(
  ctx: CommandContext,
  id: string,
  { reason, confirm }: { readonly reason?: string; readonly confirm?: string },
): Promise<void> {
  const { connect, print } = ctx
  const keyporter = await connect()
  const { name } = await keyporter.credentials.get({ id })
  await confirmName(ctx, { warning: `Revoking ${name} cannot be undone.`, name, given: confirm })
  const one = await keyporter.credentials.revoke({ id, reason })
  if (print.format === 'json') return print.json(one)
  if (print.format === 'quiet') return print.line(one.id)
  return print.record(describe(one))
}

function describe(one: Credential): readonly (readonly [string, string])[] {
  const fields: (readonly [string, string | null])[] = [
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
  return fields.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]))
}

/** Returns the API ID. Text without the prefix of an API ID is a slug. */
async function findApi(keyporter: Keyporter, api: string): Promise<string> {
  if (api.startsWith('api_')) return api
  const { data } = await keyporter.apis.list({ slug: api })
  const [found] = data
  if (found === undefined) throw usageError(`No API has the slug ${api}.`)
  return found.id
}
