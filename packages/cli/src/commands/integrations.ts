import type { CallArguments, Keyporter, routes } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import { confirmName } from '../confirm.ts'
import type { CommandContext } from '../context.ts'
import { addInputOption, type InputOptions, readInput, sendInput } from '../json-input.ts'
import { environmentOption, limitOption } from '../options.ts'

type Query = CallArguments<typeof routes.integrations.list>
type Integration = Awaited<ReturnType<Keyporter['integrations']['get']>>

type ListOptions = {
  readonly environment?: 'production' | 'test'
  readonly kind?: string
  readonly status?: 'untested' | 'working' | 'needs_attention' | 'missing'
  readonly q?: string
  readonly limit?: number
  readonly cursor?: string
}

type FieldOptions = InputOptions & {
  readonly name?: string
  readonly notes?: string
  readonly baseUrl?: string
  readonly environment?: 'production' | 'test'
  readonly contentType?: string
  readonly auth?: string
  readonly organizationSpecific?: boolean
  readonly sharedFallback?: boolean
}

/** Declares `keyporter integrations …`. */
export function addIntegrations(program: Command, act: Act): void {
  const integrations = program.command('integrations').description('third-party APIs that you call')
  integrations
    .command('list')
    .description('list integrations')
    .addOption(environmentOption())
    .option('--kind <kind>', 'only integrations with this authentication type')
    .addOption(
      new Option(
        '--status <status>',
        'only integrations whose connections have this status',
      ).choices(['untested', 'working', 'needs_attention', 'missing']),
    )
    .option('-q, --q <text>', 'only integrations with this text in name, notes or base URL')
    .addOption(limitOption())
    .option('--cursor <cursor>', 'cursor of the next page')
    .action(act(listIntegrations))
  integrations
    .command('get')
    .alias('show')
    .description('show an integration')
    .argument('<id>')
    .action(act(getIntegration))
  addFieldOptions(integrations.command('create'))
    .description('create an integration')
    .addOption(environmentOption())
    .action(act(createIntegration))
  addFieldOptions(integrations.command('update'))
    .description(
      'update an integration; changing a URL that receives secrets, or the authentication type, deletes the secrets of the affected connections',
    )
    .argument('<id>')
    .action(act(updateIntegration))
  integrations
    .command('delete')
    .description('delete an integration and all its connections')
    .argument('<id>')
    .option('--confirm <name>', 'name of the integration, to skip the prompt')
    .action(act(deleteIntegration))
}

function addFieldOptions(command: Command): Command {
  command
    .option('--name <name>', 'name of the integration')
    .option('--notes <text>', 'purpose of the integration')
    .option('--base-url <url>', 'base URL of the API')
    .option('--content-type <type>', 'json, xml, form, or a media type')
    .option(
      '--auth <kind>',
      'authentication type, such as bearer; put its settings in the JSON file',
    )
    .option('--organization-specific', 'each organization has its own connection')
    .option('--no-organization-specific', 'all organizations use the shared connection')
    .option('--shared-fallback', 'organizations without a connection use the shared connection')
    .option('--no-shared-fallback', 'organizations without a connection cannot call the API')
  return addInputOption(command, 'fields of the integration, such as auth and headers')
}

async function listIntegrations(
  { connect, print }: CommandContext,
  options: ListOptions,
): Promise<void> {
  const { kind, status, ...filters } = options
  const keyporter = await connect()
  // Safe because the server validates the kind. A newer server can have more kinds.
  const known = kind as Query['kind']
  const page = await keyporter.integrations.list({
    ...filters,
    kind: known,
    connectionStatus: status,
  })
  if (print.format === 'json') return print.json(page)
  if (print.format === 'quiet') for (const { id } of page.data) await print.line(id)
  else {
    await print.table(
      ['id', 'name', 'environment', 'kind', 'status', 'base url'],
      page.data.map(({ id, name, environment, auth, connectionStatus, baseUrl }) => [
        id,
        name,
        environment,
        auth.kind,
        connectionStatus ?? 'missing',
        baseUrl,
      ]),
    )
  }
  if (page.nextCursor !== null) print.message(`More results: --cursor ${page.nextCursor}`)
}

async function getIntegration({ connect, print }: CommandContext, id: string): Promise<void> {
  const keyporter = await connect()
  return printIntegration(print, await keyporter.integrations.get({ id }))
}

async function createIntegration(ctx: CommandContext, options: FieldOptions): Promise<void> {
  const fields = await readFields(ctx, options)
  const keyporter = await ctx.connect()
  // Safe because the server validates every field.
  const body = fields as CallArguments<typeof routes.integrations.create>
  return printIntegration(ctx.print, await sendInput(() => keyporter.integrations.create(body)))
}

async function updateIntegration(
  ctx: CommandContext,
  id: string,
  options: FieldOptions,
): Promise<void> {
  const fields = await readFields(ctx, options)
  const keyporter = await ctx.connect()
  // Safe because the server validates every field.
  const body = { ...fields, id } as CallArguments<typeof routes.integrations.update>
  const changed = await sendInput(() => keyporter.integrations.update(body))
  return printIntegration(ctx.print, changed)
}

/** Returns the fields of the JSON input, with options taking precedence. */
async function readFields(ctx: CommandContext, options: FieldOptions) {
  const { input: _, auth: kind, ...fields } = options
  const values = (await readInput(ctx, options)) ?? {}
  const { auth } = values
  const settings = typeof auth === 'object' ? auth : {}
  return { ...values, ...fields, ...(kind === undefined ? {} : { auth: { ...settings, kind } }) }
}

async function deleteIntegration(
  ctx: CommandContext,
  id: string,
  { confirm }: { readonly confirm?: string },
): Promise<void> {
  const { connect, print } = ctx
  const keyporter = await connect()
  const { name } = await keyporter.integrations.get({ id })
  const warning = `Deleting ${name} deletes all its connections and cannot be undone.`
  await confirmName(ctx, { warning, name, given: confirm })
  await keyporter.integrations.remove({ id })
  if (print.format === 'quiet') return print.line(id)
  print.message(`Deleted ${name}.`)
}

async function printIntegration(print: CommandContext['print'], one: Integration): Promise<void> {
  if (print.format === 'json') return print.json(one)
  if (print.format === 'quiet') return print.line(one.id)
  const fields: (readonly [string, string | null])[] = [
    ['id', one.id],
    ['name', one.name],
    ['notes', one.notes === '' ? null : one.notes],
    ['base url', one.baseUrl],
    ['environment', one.environment],
    ['content type', one.contentType],
    ['kind', one.auth.kind],
    ['organization-specific', one.organizationSpecific ? 'yes' : 'no'],
    ['shared fallback', one.sharedFallback ? 'yes' : 'no'],
    ...one.headers.map(({ name, value }) => [`header ${name}`, value ?? '(secret)'] as const),
    ['connections', one.connectionStatus ?? 'missing'],
    ['last used', one.lastUsedAt],
    ['created', `${one.createdAt} by ${one.createdBy.name}`],
  ]
  return print.record(
    fields.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const])),
  )
}
