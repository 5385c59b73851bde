import type { CallArguments, Keyporter, routes } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import { confirmName } from '../confirm.ts'
import type { CommandContext } from '../context.ts'
import { exitCodes, usageError } from '../exit-codes.ts'
import { addInputOption, type InputOptions, readInput, sendInput } from '../json-input.ts'
import { limitOption } from '../options.ts'

type Connection = Awaited<ReturnType<Keyporter['connections']['put']>>
type TestResult = Awaited<ReturnType<Keyporter['calls']['test']>>
type ConnectionInput = Pick<
  CallArguments<typeof routes.connections.put>,
  'auth' | 'headers' | 'expiresAt'
>
type TestOptions = { readonly path: string; readonly method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' }

const OWNER = 'organization ID, or shared'

/** A test call can take long to fail. */
const TEST_TIMEOUT_MS = 90_000

/** Declares `keyporter connections …`. */
export function addConnections(program: Command, act: Act): void {
  const connections = program
    .command('connections')
    .description('stored credentials of an integration, per organization or shared')
  connections
    .command('list')
    .description('list the connections of an integration, without secrets')
    .argument('<integration>', 'integration ID')
    .addOption(limitOption())
    .option('--cursor <cursor>', 'cursor of the next page')
    .action(act(listConnections))
  addInputOption(connections.command('put'), 'the fields auth, headers and expiresAt')
    .description('create or replace the connection of an organization, or the shared connection')
    .argument('<integration>', 'integration ID')
    .argument('<organization>', OWNER)
    .action(act(putConnection))
  connections
    .command('delete')
    .description('delete the connection of an organization, or the shared connection')
    .argument('<integration>', 'integration ID')
    .argument('<organization>', OWNER)
    .option('--confirm <name>', 'name of the integration, to skip the prompt')
    .action(act(deleteConnection))
  connections
    .command('test')
    .description('send a test request and print each step; exits with 1 if a step fails')
    .argument('<integration>', 'integration ID')
    .argument('[organization]', 'organization ID (default: the organization of the caller)')
    .option('--path <path>', 'path relative to the base URL', '/')
    .addOption(
      new Option('--method <method>').choices(['GET', 'HEAD', 'OPTIONS', 'POST']).default('GET'),
    )
    .action(act(testConnection))
}

async function listConnections(
  { connect, print }: CommandContext,
  id: string,
  options: { readonly limit?: number; readonly cursor?: string },
): Promise<void> {
  const keyporter = await connect()
  const page = await keyporter.connections.list({ id, ...options })
  if (print.format === 'json') return print.json(page)
  if (print.format === 'quiet') for (const one of page.data) await print.line(one.id)
  else {
    await print.table(
      ['id', 'organization', 'name', 'kind', 'status', 'statusReason', 'expires'],
      page.data.map((one) => [
        one.id,
        one.organizationId ?? 'shared',
        one.organizationName ?? '',
        one.kind,
        one.status,
        one.statusReason ?? '',
        one.expiresAt ?? '',
      ]),
    )
  }
  if (page.nextCursor !== null) print.message(`More results: --cursor ${page.nextCursor}`)
}

async function putConnection(
  ctx: CommandContext,
  id: string,
  organization: string,
  options: InputOptions,
): Promise<void> {
  const values = await readInput(ctx, options)
  if (values === undefined) {
    throw usageError(
      'The credentials are missing. Use --input <file>, or --input - for standard input.',
    )
  }
  const keyporter = await ctx.connect()
  // Safe because the server validates every field.
  const body = values as ConnectionInput
  const put = await sendInput(() => keyporter.connections.put({ ...body, id, organization }))
  return printConnection(ctx.print, put)
}

async function deleteConnection(
  ctx: CommandContext,
  id: string,
  organization: string,
  { confirm }: { readonly confirm?: string },
): Promise<void> {
  const { connect, print } = ctx
  const keyporter = await connect()
  const { name } = await keyporter.integrations.get({ id })
  const connection =
    organization === 'shared'
      ? `the shared connection of ${name}`
      : `the connection of ${organization} to ${name}`
  const warning = `Deleting ${connection} cannot be undone.`
  await confirmName(ctx, { warning, name, given: confirm })
  await keyporter.connections.remove({ id, organization })
  if (print.format === 'quiet') return print.line(organization)
  print.message(`Deleted ${connection}.`)
}

async function testConnection(
  { connect, print, organization: actingFor }: CommandContext,
  id: string,
  organization: string | undefined,
  { path, method }: TestOptions,
): Promise<number> {
  if (organization === 'shared')
    throw usageError(
      'The shared connection has no organization to act for. Test an organization that uses it.',
    )
  const keyporter = await connect()
  const tested = await keyporter.calls.test(
    { id, method, path, organizationId: organization ?? actingFor },
    { timeoutMs: TEST_TIMEOUT_MS },
  )
  if (print.format === 'json') await print.json(tested)
  if (print.format === 'text')
    await print.table(['step', 'ok', 'ms', 'detail'], tested.steps.map(row))
  return tested.ok ? exitCodes.ok : exitCodes.failure
}

function row({
  step,
  ok,
  code,
  detail,
  milliseconds,
}: TestResult['steps'][number]): readonly string[] {
  return [
    step,
    ok ? 'yes' : 'no',
    String(Math.round(milliseconds)),
    ok ? detail : `${code}: ${detail}`,
  ]
}

async function printConnection(print: CommandContext['print'], one: Connection): Promise<void> {
  if (print.format === 'json') return print.json(one)
  if (print.format === 'quiet') return print.line(one.id)
  return print.record([
    ['id', one.id],
    ['integration', one.integrationId],
    ['organization', one.organizationId ?? 'shared'],
    ['kind', one.kind],
    ['secrets', one.secrets.join(' ')],
    ...one.headers.map(({ name, value }) => [`header ${name}`, value ?? '(secret)'] as const),
    ['status', one.status],
    ...(one.expiresAt === null ? [] : [['expires', one.expiresAt] as const]),
  ])
}
