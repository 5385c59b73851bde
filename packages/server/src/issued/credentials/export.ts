import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Context } from '../../kernel/context.ts'
import type { Reply } from '../../kernel/route-handler.ts'
import { csvHeader, csvOfCredential } from './csv.ts'
import { type CredentialPage, selectCredentials, sortValueOf } from './list-rows.ts'
import { toResources } from './presenter.ts'

const BATCH = 500

/**
 * Streams all matching credentials as CSV, in order of creation, with at most one batch in memory. `createdAt`
 * is the only sort key that never changes: each credential is exported exactly once, even if it is changed or
 * used during the export.
 */
export function exportCredentials(
  ctx: Context,
  page: CredentialPage,
): NonNullable<Reply<unknown>['stream']> {
  const direction = page.sortKey === 'createdAt' ? page.direction : 'desc'
  return {
    mediaType: 'text/csv; charset=utf-8; header=present',
    fileName: 'credentials.csv',
    lines: writeLines(ctx, { ...page, sortKey: 'createdAt', direction, limit: BATCH }),
  }
}

async function* writeLines(ctx: Context, page: CredentialPage): AsyncGenerator<string> {
  yield csvHeader
  // Credentials created during the export are omitted, so that the export terminates.
  const newest = { ...page, direction: 'desc', limit: 0 } as const
  const [last] = await selectCredentials(ctx.db, ctx.organizationId, newest)
  if (last === undefined) return
  let after: CredentialPage['after']
  for (;;) {
    const rows = await selectCredentials(ctx.db, ctx.organizationId, { ...page, after })
    const batch = rows.slice(0, BATCH)
    const wanted = batch.filter(({ createdAt }) => createdAt <= last.createdAt)
    const resources = await toResources(ctx, wanted)
    yield resources.map(csvOfCredential).join('')
    const end = batch.at(-1)
    const isPast = page.direction === 'asc' && wanted.length < batch.length
    if (end === undefined || rows.length <= BATCH || isPast) return
    after = { value: sortValueOf(end, 'createdAt'), id: end.id }
    await nextTurn()
  }
}
