import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import {
  type AuditExportOptions,
  type CallArguments,
  routes,
  verifyAuditExport,
} from '@keyporter/sdk'
import { type Command, Option } from 'commander'
import type { Act } from '../cli.ts'
import type { CommandContext } from '../context.ts'
import { exitCodes, usageError } from '../exit-codes.ts'
import { type Host, writeOut } from '../host.ts'
import { makeNewFile } from '../new-file.ts'
import { limitOption } from '../options.ts'

type Query = CallArguments<typeof routes.auditEvents.list>

type Filters = {
  readonly action?: string
  readonly actor?: string
  readonly target?: string
  readonly outcome?: 'success' | 'refused'
  readonly from?: string
  readonly to?: string
}
type ListOptions = Filters & { readonly limit?: number; readonly cursor?: string }
type ExportOptions = Filters & { readonly format: 'csv' | 'ndjson'; readonly output?: string }
type VerifyOptions = { readonly file?: string; readonly head?: string }

const mediaTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

/** A log of many years takes minutes to read. */
const LOG_TIMEOUT_MS = 600_000

/** Declares `keyporter audit …`. */
export function addAudit(program: Command, act: Act): void {
  const audit = program.command('audit').description('the audit log')
  addFilters(audit.command('list').description('list events, newest first'))
    .addOption(limitOption())
    .option('--cursor <cursor>', 'cursor of the next page')
    .action(act(listEvents))
  addFilters(audit.command('export').description('export every matching event, oldest first'))
    .addOption(new Option('--format <format>').choices(['csv', 'ndjson']).default('ndjson'))
    .option('--output <file>', 'new file with mode 0600 (default: standard output)')
    .action(act(exportEvents))
  audit
    .command('verify')
    .description('verify that no event is missing, altered or out of order')
    .option('--file <file>', 'verify an NDJSON export, or - for standard input, without a server')
    .option(
      '--head <sequence:hash>',
      'stored head of an earlier verification, to detect truncation',
    )
    .action(act(verifyEvents))
}

function addFilters(command: Command): Command {
  return command
    .option('--action <action>', 'only this action, such as credential.revoked')
    .option('--actor <id>', 'only events of this actor')
    .option('--target <id>', 'only events with this target')
    .addOption(new Option('--outcome <outcome>').choices(['success', 'refused']))
    .option('--from <instant>', 'only events at or after this time')
    .option('--to <instant>', 'only events before this time')
}

function queryOf({ action, actor, target, outcome, from, to }: Filters): Query {
  // Safe because the server validates the action. A newer server can have more actions.
  const named = action as Query['action']
  return { action: named, actorId: actor, targetId: target, outcome, from, to }
}

async function listEvents({ connect, print }: CommandContext, options: ListOptions): Promise<void> {
  const { limit, cursor, ...filters } = options
  const keyporter = await connect()
  const page = await keyporter.auditEvents.list({
    ...queryOf(filters),
    cursor,
    limit,
  })
  if (print.format === 'json') return print.json(page)
  if (print.format === 'quiet') for (const { id } of page.data) await print.line(id)
  else {
    await print.table(
      ['sequence', 'at', 'action', 'actor', 'target', 'outcome'],
      page.data.map(({ sequence, at, action, actor, target, outcome }) => [
        String(sequence),
        at,
        action,
        actor.name,
        target.name,
        outcome,
      ]),
    )
  }
  if (page.nextCursor !== null) print.message(`More results: --cursor ${page.nextCursor}`)
}

async function exportEvents(
  { connect, host }: CommandContext,
  { format, output, ...filters }: ExportOptions,
): Promise<void> {
  const keyporter = await connect()
  const download = () =>
    keyporter.download(routes.auditEvents.list, queryOf(filters), {
      mediaType: mediaTypes[format],
      timeoutMs: LOG_TIMEOUT_MS,
    })
  if (output === undefined) {
    for await (const chunk of await download()) await writeOut(host.stdout, chunk)
    return
  }
  const file = makeNewFile(output)
  const stream = await download().catch((error: unknown) => {
    file.discard()
    throw error
  })
  await pipeline(stream, createWriteStream(output, { fd: file.descriptor }))
}

async function verifyEvents(
  { host, connect, print }: CommandContext,
  { file, head }: VerifyOptions,
): Promise<number> {
  const storedHead = head === undefined ? undefined : readHead(head)
  const report =
    file === undefined ? await verifyOnServer() : await verifyFile(host, file, storedHead)
  const { intact, checked, firstProblem } = report
  if (print.format === 'json') await print.json(report)
  else if (print.format === 'text') {
    await print.record([
      ['intact', intact ? 'yes' : 'no'],
      ['checked', String(checked)],
      ['head', `${report.head.sequence}:${report.head.hash}`],
      ...(firstProblem === undefined
        ? []
        : [['problem', `${firstProblem.kind}: ${firstProblem.detail}`] as const]),
    ])
  }
  return intact ? exitCodes.ok : exitCodes.failure

  async function verifyOnServer() {
    const keyporter = await connect()
    const query =
      storedHead === undefined
        ? {}
        : { sequence: String(storedHead.sequence), hash: storedHead.hash }
    return keyporter.auditEvents.verify(query, { timeoutMs: LOG_TIMEOUT_MS })
  }
}

function verifyFile(host: Host, file: string, head: AuditExportOptions['head']) {
  const input = file === '-' ? host.stdin : createReadStream(file)
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')
  return verifyAuditExport(lines, { head, hash })
}

function readHead(text: string): { readonly sequence: number; readonly hash: string } {
  const match = /^(\d{1,15}):([\w-]{0,128})$/.exec(text)
  if (match === null)
    throw usageError('--head must have the form that audit verify prints, such as 17:4f3c….')
  return { sequence: Number(match[1]), hash: match[2] ?? '' }
}
