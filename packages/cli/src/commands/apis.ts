import type { Keyporter } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import { readStdin } from '../host.ts'
import { readText, type Session } from '../session.ts'

type ImportOptions = {
  readonly api?: string
  readonly identifier?: string
  readonly name?: string
  readonly pattern?: string
  readonly fallback?: 'tags'
  readonly apply?: boolean
}

type Imported = Awaited<ReturnType<Keyporter['apis']['import']>>

/** Declares `keyporter apis …`. */
export function addApis(program: Command, act: Act): void {
  const apis = program.command('apis').description('what you protect, and its permissions')
  apis.command('list').description('list apis').action(act(listApis))
  apis
    .command('import')
    .description('read permissions and operations from an OpenAPI document: preview, then --apply')
    .argument('<file>', 'JSON or YAML; - for the standard input')
    .option('--api <id>', 'the api to update; else the one with the identifier, or a new one')
    .option('--identifier <uri>', 'the audience of its tokens')
    .option('--name <name>', 'what it is called')
    .option('--pattern <text>', 'how descriptions name permissions: "Required permissions: *"')
    .addOption(
      new Option('--fallback <source>', 'where the pattern finds nothing').choices(['tags']),
    )
    .option('--apply', 'create or update the api')
    .action(act(importApi))
}

async function listApis({ connect, print }: Session): Promise<void> {
  const keyporter = await connect()
  const page = await keyporter.apis.list({ limit: 100 })
  if (print.format === 'json') return print.json(page)
  if (print.format === 'quiet') {
    for (const { id } of page.data) await print.line(id)
    return
  }
  return print.table(
    ['id', 'slug', 'name', 'identifier', 'permissions'],
    page.data.map((api) => [api.id, api.slug, api.name, api.identifier, String(api.scopes.length)]),
  )
}

async function importApi(
  { host, connect, print }: Session,
  file: string,
  { api, pattern, ...options }: ImportOptions,
): Promise<void> {
  const keyporter = await connect()
  const openapi = file === '-' ? await readStdin(host) : readText(file)
  const imported = await keyporter.apis.import(
    { openapi, apiId: api, permissionPattern: pattern, ...options },
    // A large document takes its time to read.
    { timeoutMs: 120_000 },
  )
  if (print.format === 'json') return print.json(imported)
  if (print.format === 'quiet')
    return imported.apiId === null ? undefined : print.line(imported.apiId)
  await print.table(['what', 'kind', 'name'], describe(imported))
  print.say(
    imported.applied
      ? `Applied: ${imported.apiId}`
      : 'A preview: nothing was changed. Once it is right, repeat it with --apply.',
  )
}

function describe({ diff, unmapped, operations, permissions }: Imported): string[][] {
  const part = (
    what: string,
    { permissions: names, operations: keys }: Imported['diff']['added'],
  ) => [
    ...names.map((name) => [what, 'permission', name]),
    ...keys.map(({ method, path }) => [what, 'operation', `${method} ${path}`]),
  ]
  return [
    ['found', 'permissions', String(permissions.length)],
    ['found', 'operations', String(operations.length)],
    ...part('added', diff.added),
    ...part('removed', diff.removed),
    ...diff.changed.map(({ method, path, before, after }) => [
      'changed',
      'operation',
      `${method} ${path}: ${before.join(' ')} -> ${after.join(' ')}`,
    ]),
    ...unmapped.map(({ method, path }) => ['unmapped', 'operation', `${method} ${path}`]),
  ]
}
