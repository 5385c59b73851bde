import type { Keyporter } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import { confirmName } from '../confirm.ts'
import type { CommandContext } from '../context.ts'
import { usageError } from '../exit-codes.ts'

type SigningKey = Awaited<ReturnType<Keyporter['signingKeys']['rotate']>>
type EncryptionKeys = Awaited<ReturnType<Keyporter['encryptionKeys']['status']>>
type RotateOptions = {
  readonly signing?: true
  readonly root?: true
  readonly organizations?: true
  readonly algorithm?: 'ES256' | 'EdDSA' | 'RS256'
  readonly immediately?: true
  readonly organization?: string
}

const columns = ['id', 'algorithm', 'status', 'activates', 'retires']

/** Declares `keyporter keys …`. */
export function addKeys(program: Command, act: Act): void {
  const keys = program
    .command('keys')
    .description('signing keys for tokens, and encryption keys for stored secrets')
  keys.command('list').description('list signing keys').action(act(listSigningKeys))
  keys
    .command('status')
    .description('show the encryption keys and the progress of their rotation')
    .action(act(showEncryptionKeys))
  keys
    .command('rotate')
    .description('rotate keys of one type')
    .option('--signing', 'publish a new signing key, and use it after cached key sets have expired')
    .option('--root', 're-encrypt everything with the next root key')
    .option(
      '--organizations',
      're-encrypt secrets with new organization keys (of one organization with --organization <id>)',
    )
    .addOption(
      new Option('--algorithm <algorithm>', 'algorithm of the new signing key').choices([
        'ES256',
        'EdDSA',
        'RS256',
      ]),
    )
    .option('--immediately', 'use the new signing key immediately')
    .action(act(rotateKeys))
  keys
    .command('destroy')
    .description(
      'destroy the encryption keys of an organization permanently; its stored secrets become unreadable',
    )
    .argument('<organization>', 'organization ID')
    .option('--confirm <slug>', 'slug of the organization, to skip the prompt')
    .action(act(destroyKeys))
}

async function listSigningKeys({ connect, print }: CommandContext): Promise<void> {
  const keyporter = await connect()
  const page = await keyporter.signingKeys.list()
  if (print.format === 'json') return print.json(page)
  if (print.format === 'text') return print.table(columns, page.data.map(row))
  for (const { id } of page.data) await print.line(id)
}

async function showEncryptionKeys({ connect, print, organization }: CommandContext): Promise<void> {
  const keyporter = await connect()
  return printEncryptionKeys(
    print,
    await keyporter.encryptionKeys.status({ organizationId: organization }),
  )
}

async function rotateKeys(ctx: CommandContext, options: RotateOptions): Promise<void> {
  const { signing, root, organizations, algorithm, immediately } = options
  if ([signing, root, organizations].filter(Boolean).length !== 1)
    throw usageError('Use exactly one of --signing, --root and --organizations.')
  if (signing === true) return rotateSigningKey(ctx, options)
  if (algorithm !== undefined || immediately === true)
    throw usageError('--algorithm and --immediately require --signing.')
  const keyporter = await ctx.connect()
  const rotated =
    root === true
      ? await keyporter.encryptionKeys.rotate({ scope: 'root' })
      : await keyporter.encryptionKeys.rotate({
          scope: 'organizations',
          organizationId: ctx.organization,
        })
  return printEncryptionKeys(ctx.print, rotated)
}

async function rotateSigningKey(
  { connect, print }: CommandContext,
  { algorithm, immediately }: RotateOptions,
): Promise<void> {
  const keyporter = await connect()
  const key = await keyporter.signingKeys.rotate({ algorithm, immediately })
  if (print.format === 'json') return print.json(key)
  return print.format === 'quiet' ? print.line(key.id) : print.table(columns, [row(key)])
}

async function destroyKeys(
  ctx: CommandContext,
  organizationId: string,
  { confirm }: { readonly confirm?: string },
): Promise<void> {
  const { connect, print } = ctx
  const keyporter = await connect()
  const { name, slug } = await keyporter.organizations.get({ id: organizationId })
  const warning = `This makes every stored secret of ${name} (${slug}) permanently unreadable.`
  await confirmName(ctx, { warning, name: slug, given: confirm })
  const destroyed = await keyporter.encryptionKeys.destroy({ organizationId, confirm: slug })
  if (print.format === 'json') return print.json(destroyed)
  if (print.format === 'quiet') return print.line(destroyed.organizationId)
  return print.record([
    ['organization', destroyed.organizationId],
    ['keys destroyed', String(destroyed.keys)],
    ['connections without credentials', String(destroyed.connections)],
  ])
}

async function printEncryptionKeys(
  print: CommandContext['print'],
  keys: EncryptionKeys,
): Promise<void> {
  if (print.format === 'json') return print.json(keys)
  const { rootKey, organizationKeys } = keys
  if (print.format === 'quiet') return print.line(rootKey.id)
  return print.record([
    ['root key', rootKey.id],
    ['next root key', rootKey.nextId ?? ''],
    ['previous root key', rootKey.previousId ?? ''],
    ['secrets under previous root key', String(rootKey.remaining)],
    ['organization keys', String(organizationKeys.current)],
    ['retired organization keys', String(organizationKeys.retired)],
  ])
}

function row({ id, algorithm, status, activatesAt, retiresAt }: SigningKey): readonly string[] {
  return [id, algorithm, status, activatesAt, retiresAt ?? '']
}
