import type { Keyporter } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import { type CommandContext, readText } from '../context.ts'
import { readStdin } from '../host.ts'

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
  const apis = program.command('apis').description('APIs that you protect, and their permissions')
  apis.command('list').description('list APIs').action(act(listApis))
  apis
    .command('import')
    .description(
      'import permissions and operations from an OpenAPI document; previews the changes without --apply',
    )
    .argument('<file>', 'JSON or YAML file, or - for standard input')
    .option('--api <id>', 'API to update (default: the API with this identifier, or a new API)')
    .option('--identifier <uri>', 'audience of its tokens')
    .option('--name <name>', 'name of the API')
    .option(
      '--pattern <text>',
      'text around permissions in descriptions, such as "Required permissions: *"',
    )
    .addOption(
      new Option(
        '--fallback <source>',
        'source of permissions if the pattern does not match',
      ).choices(['tags']),
    )
    .option('--apply', 'create or update the API')
    .action(act(importApi))
}

async function listApis({ connect, print }: CommandContext): Promise<void> {
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
  { host, connect, print }: CommandContext,
  file: string,
  { api, pattern, ...options }: ImportOptions,
): Promise<void> {
  const keyporter = await connect()
  const openapi = file === '-' ? await readStdin(host) : readText(file)
  const imported = await keyporter.apis.import(
    { openapi, apiId: api, permissionPattern: pattern, ...options },
    // Importing a large document takes long.
    { timeoutMs: 120_000 },
  )
  if (print.format === 'json') return print.json(imported)
  if (print.format === 'quiet')
    return imported.apiId === null ? undefined : print.line(imported.apiId)
  await print.table(['change', 'type', 'name'], describe(imported))
  print.message(
    imported.applied
      ? `Applied: ${imported.apiId}`
      : 'Preview only. Nothing was changed. Use --apply to apply the changes.',
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
