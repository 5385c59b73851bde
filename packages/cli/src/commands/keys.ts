import type { Keyporter } from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import type { Session } from '../session.ts'

type Key = Awaited<ReturnType<Keyporter['signingKeys']['rotate']>>
type RotateOptions = {
  readonly algorithm?: 'ES256' | 'EdDSA' | 'RS256'
  readonly immediately?: boolean
}

const columns = ['id', 'algorithm', 'status', 'activates', 'retires']

/** Declares `keyporter keys …`. */
export function addKeys(program: Command, act: Act): void {
  const keys = program.command('keys').description('the keys with which tokens are signed')
  keys.command('list').description('list keys').action(act(listKeys))
  keys
    .command('rotate')
    .description('publish a new key, and sign with it once every cache has seen it')
    .addOption(new Option('--algorithm <algorithm>').choices(['ES256', 'EdDSA', 'RS256']))
    .option('--immediately', 'sign with it at once')
    .action(act(rotateKey))
}

async function listKeys({ connect, print }: Session): Promise<void> {
  const keyporter = await connect()
  const page = await keyporter.signingKeys.list()
  if (print.format === 'json') return print.json(page)
  if (print.format === 'text') return print.table(columns, page.data.map(row))
  for (const { id } of page.data) await print.line(id)
}

async function rotateKey(
  { connect, print }: Session,
  { algorithm, immediately }: RotateOptions,
): Promise<void> {
  const keyporter = await connect()
  const key = await keyporter.signingKeys.rotate({ algorithm, immediately })
  if (print.format === 'json') return print.json(key)
  return print.format === 'quiet' ? print.line(key.id) : print.table(columns, [row(key)])
}

function row({ id, algorithm, status, activatesAt, retiresAt }: Key): readonly string[] {
  return [id, algorithm, status, activatesAt, retiresAt ?? '']
}
