import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HashedAuditEvent } from '@keyporter/protocol'
import { AppError } from '../kernel/app-error.ts'
import type { Context } from '../kernel/context.ts'
import type { Reply } from '../kernel/route-handler.ts'
import { csvHeader, toCsvLine } from './csv.ts'
import { toAuditEvent } from './presenter.ts'
import { type AuditFilter, type AuditPosition, findEnds, selectEvents } from './rows.ts'

type Format = {
  readonly fileName: string
  readonly header: string
  readonly line: (event: HashedAuditEvent) => string
}

const BATCH = 500

const formats: Readonly<Record<string, Format>> = {
  'text/csv': { fileName: 'audit-events.csv', header: csvHeader, line: toCsvLine },
  'application/x-ndjson': {
    fileName: 'audit-events.ndjson',
    header: '',
    line: (event) => `${JSON.stringify(toAuditEvent(event))}\n`,
  },
}

/**
 * Returns a stream of all matching events up to the current head, as CSV or NDJSON. Keeps at most one
 * batch in memory, even when the client reads slowly.
 *
 * @throws {AppError} `not_acceptable`
 */
export function exportEvents(
  ctx: Pick<Context, 'db' | 'organizationId'>,
  request: {
    readonly mediaType: string
    readonly filter: AuditFilter
    readonly order: 'asc' | 'desc'
  },
): NonNullable<Reply<unknown>['stream']> {
  const { mediaType, filter, order } = request
  const format = formats[mediaType]
  if (format === undefined) throw new AppError('not_acceptable')
  const { fileName } = format
  const type = mediaType === 'text/csv' ? 'text/csv; charset=utf-8; header=present' : mediaType
  return { mediaType: type, fileName, lines: writeLines(ctx, { format, filter, order }) }
}

async function* writeLines(
  { db, organizationId }: Pick<Context, 'db' | 'organizationId'>,
  request: {
    readonly format: Format
    readonly filter: AuditFilter
    readonly order: 'asc' | 'desc'
  },
): AsyncGenerator<string> {
  const { format, filter, order } = request
  // Events appended during the export are not included, so that the export terminates.
  const upTo = (await findEnds(db, organizationId)).last
  if (format.header !== '') yield format.header
  let after: AuditPosition | undefined
  for (;;) {
    const page = { order, after, upTo, limit: BATCH }
    const events = await selectEvents(db, organizationId, { filter, page })
    if (events.length > 0) yield events.map(format.line).join('')
    if (events.length < BATCH) return
    after = events.at(-1)
    await nextTurn()
  }
}
