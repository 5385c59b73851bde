import type { CallArguments, Keyporter, routes } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import { confirmName } from '../confirm.ts'
import { limitOption } from '../limit-option.ts'
import type { Session } from '../session.ts'
import { addValuesOptions, readValues, sendValues, type ValuesOptions } from '../values.ts'

type Query = CallArguments<typeof routes.integrations.list>
type Shown = Awaited<ReturnType<Keyporter['integrations']['get']>>

type ListOptions = {
  readonly environment?: 'production' | 'test'
  readonly kind?: string
  readonly status?: 'untested' | 'working' | 'needs_attention' | 'missing'
  readonly q?: string
  readonly limit?: number
  readonly cursor?: string
}

type FieldOptions = ValuesOptions & {
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
  const integrations = program
    .command('integrations')
    .description('APIs of third parties that you call')
  integrations
    .command('list')
    .description('list integrations')
    .addOption(environmentOption())
    .option('--kind <kind>', 'that sign in this way alone')
    .addOption(
      new Option('--status <status>', 'whose connections are like this').choices([
        'untested',
        'working',
        'needs_attention',
        'missing',
      ]),
    )
    .option('-q, --q <text>', 'with this text in the name')
    .addOption(limitOption())
    .option('--cursor <cursor>', 'where to go on')
    .action(act(listIntegrations))
  integrations
    .command('get')
    .alias('show')
    .description('show an integration')
    .argument('<id>')
    .action(act(getIntegration))
  addFieldOptions(integrations.command('create'))
    .description('record how an API is reached and signed in to')
    .addOption(environmentOption())
    .action(act(createIntegration))
  addFieldOptions(integrations.command('update'))
    .description('change it; where it leads elsewhere then, its connections lose their secrets')
    .argument('<id>')
    .action(act(updateIntegration))
  integrations
    .command('delete')
    .description('delete an integration with every connection of it')
    .argument('<id>')
    .option('--confirm <name>', 'its name, in place of being asked for it')
    .action(act(deleteIntegration))
}

function environmentOption(): Option {
  return new Option('--environment <environment>').choices(['production', 'test'])
}

function addFieldOptions(command: Command): Command {
  command
    .option('--name <name>', 'what it is called')
    .option('--notes <text>', 'what it is for')
    .option('--base-url <url>', 'where it is')
    .option('--content-type <type>', 'json, xml, form or a media type')
    .option('--auth <kind>', 'how it is signed in to, such as bearer; its settings are values')
    .option('--organization-specific', 'every organization has values of its own')
    .option('--no-organization-specific', 'the shared values serve all')
    .option('--shared-fallback', 'who has no values of its own gets the shared ones')
    .option('--no-shared-fallback', 'who has no values of its own gets none')
  return addValuesOptions(command, 'what the API takes, such as auth and headers')
}

async function listIntegrations({ connect, print }: Session, options: ListOptions): Promise<void> {
  const { kind, status, ...filters } = options
  const keyporter = await connect()
  // safe because the server judges the kind; a newer one knows more of them than this program
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
  if (page.nextCursor !== null) print.say(`There are more: --cursor ${page.nextCursor}`)
}

async function getIntegration({ connect, print }: Session, id: string): Promise<void> {
  const keyporter = await connect()
  return printIntegration(print, await keyporter.integrations.get({ id }))
}

async function createIntegration(session: Session, options: FieldOptions): Promise<void> {
  const fields = await readFields(session, options)
  const keyporter = await session.connect()
  // safe because the server judges every field
  const body = fields as CallArguments<typeof routes.integrations.create>
  return printIntegration(
    session.print,
    await sendValues(() => keyporter.integrations.create(body)),
  )
}

async function updateIntegration(
  session: Session,
  id: string,
  options: FieldOptions,
): Promise<void> {
  const fields = await readFields(session, options)
  const keyporter = await session.connect()
  // safe because the server judges every field
  const body = { ...fields, id } as CallArguments<typeof routes.integrations.update>
  const changed = await sendValues(() => keyporter.integrations.update(body))
  return printIntegration(session.print, changed)
}

/** The values, and what stands in the command line above them. */
async function readFields(session: Session, options: FieldOptions) {
  const { values: _, valuesFile: __, auth: kind, ...fields } = options
  const values = (await readValues(session, options)) ?? {}
  const { auth } = values
  const settings = typeof auth === 'object' ? auth : {}
  return { ...values, ...fields, ...(kind === undefined ? {} : { auth: { ...settings, kind } }) }
}

async function deleteIntegration(
  session: Session,
  id: string,
  { confirm }: { readonly confirm?: string },
): Promise<void> {
  const { connect, print } = session
  const keyporter = await connect()
  const { name } = await keyporter.integrations.get({ id })
  const what = `Deleting ${name} deletes all its connections and cannot be undone.`
  await confirmName(session, { what, name, given: confirm })
  await keyporter.integrations.remove({ id })
  if (print.format === 'quiet') return print.line(id)
  print.say(`Deleted ${name}.`)
}

async function printIntegration(print: Session['print'], one: Shown): Promise<void> {
  if (print.format === 'json') return print.json(one)
  if (print.format === 'quiet') return print.line(one.id)
  const facts: (readonly [string, string | null])[] = [
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
  return print.facts(
    facts.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const])),
  )
}
