import type { CallArguments, Keyporter, routes } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import { confirmName } from '../confirm.ts'
import { exitCodes, usageError } from '../exit-codes.ts'
import { limitOption } from '../limit-option.ts'
import type { Session } from '../session.ts'
import { addValuesOptions, readValues, sendValues, type ValuesOptions } from '../values.ts'

type Shown = Awaited<ReturnType<Keyporter['connections']['put']>>
type Tested = Awaited<ReturnType<Keyporter['calls']['test']>>
type Values = Pick<CallArguments<typeof routes.connections.put>, 'auth' | 'headers' | 'expiresAt'>
type TestOptions = { readonly path: string; readonly method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' }

const HOLDER = 'id of the organization, or shared'

/** A call may take long to fail: it is waited for. */
const TEST_MS = 90_000

/** Declares `keyporter connections …`. */
export function addConnections(program: Command, act: Act): void {
  const connections = program
    .command('connections')
    .description('the values with which an integration is called')
  connections
    .command('list')
    .description('list the connections of an integration; no secret is shown')
    .argument('<integration>', 'its id')
    .addOption(limitOption())
    .option('--cursor <cursor>', 'where to go on')
    .action(act(listConnections))
  addValuesOptions(connections.command('put'), 'what the API takes: auth, headers, expiresAt')
    .description(
      'give the values of an organization, or the shared ones, in place of those there are',
    )
    .argument('<integration>', 'its id')
    .argument('<organization>', HOLDER)
    .action(act(putConnection))
  connections
    .command('delete')
    .description('delete the values of an organization, or the shared ones')
    .argument('<integration>', 'its id')
    .argument('<organization>', HOLDER)
    .option('--confirm <name>', 'the name of the integration, in place of being asked for it')
    .action(act(deleteConnection))
  connections
    .command('test')
    .description('make one call and tell how far it came; ends with 1 where a step failed')
    .argument('<integration>', 'its id')
    .argument('[organization]', 'whose values; those of the caller’s own unless given')
    .option('--path <path>', 'what to call, below the base URL', '/')
    .addOption(
      new Option('--method <method>').choices(['GET', 'HEAD', 'OPTIONS', 'POST']).default('GET'),
    )
    .action(act(testConnection))
}

async function listConnections(
  { connect, print }: Session,
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
  if (page.nextCursor !== null) print.say(`There are more: --cursor ${page.nextCursor}`)
}

async function putConnection(
  session: Session,
  id: string,
  organization: string,
  options: ValuesOptions,
): Promise<void> {
  const values = await readValues(session, options)
  if (values === undefined) {
    throw usageError(
      'Say where the values are: --values-file <file>, or --values - for the standard input.',
    )
  }
  const keyporter = await session.connect()
  // safe because the server judges every field
  const body = values as Values
  const put = await sendValues(() => keyporter.connections.put({ ...body, id, organization }))
  return printConnection(session.print, put)
}

async function deleteConnection(
  session: Session,
  id: string,
  organization: string,
  { confirm }: { readonly confirm?: string },
): Promise<void> {
  const { connect, print } = session
  const keyporter = await connect()
  const { name } = await keyporter.integrations.get({ id })
  const whose = organization === 'shared' ? 'the shared values' : `the values of ${organization}`
  const what = `Deleting ${whose} of ${name} cannot be undone.`
  await confirmName(session, { what, name, given: confirm })
  await keyporter.connections.remove({ id, organization })
  if (print.format === 'quiet') return print.line(organization)
  print.say(`Deleted ${whose} of ${name}.`)
}

async function testConnection(
  { connect, print, organization: actingFor }: Session,
  id: string,
  organization: string | undefined,
  { path, method }: TestOptions,
): Promise<number> {
  if (organization === 'shared')
    throw usageError(
      'The shared values are tried by a test for an organization that has no others.',
    )
  const keyporter = await connect()
  const tested = await keyporter.calls.test(
    { id, method, path, organizationId: organization ?? actingFor },
    { timeoutMs: TEST_MS },
  )
  if (print.format === 'json') await print.json(tested)
  if (print.format === 'text')
    await print.table(['step', 'ok', 'ms', 'what'], tested.steps.map(row))
  return tested.ok ? exitCodes.ok : exitCodes.failure
}

function row({ step, ok, code, detail, milliseconds }: Tested['steps'][number]): readonly string[] {
  return [
    step,
    ok ? 'yes' : 'no',
    String(Math.round(milliseconds)),
    ok ? detail : `${code}: ${detail}`,
  ]
}

async function printConnection(print: Session['print'], one: Shown): Promise<void> {
  if (print.format === 'json') return print.json(one)
  if (print.format === 'quiet') return print.line(one.id)
  return print.facts([
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
