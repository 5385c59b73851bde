import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Context } from '../../kernel/context.ts'
import type { Reply } from '../../kernel/route-handler.ts'
import { csvHeader, csvOfCredential } from './csv.ts'
import { type CredentialPage, selectCredentials, sortValueOf } from './list-rows.ts'
import { toResources } from './presenter.ts'

const BATCH = 500

/**
 * Every matching credential as CSV, in the order of creation. It holds no more than a batch in memory,
 * whoever reads it how slowly. The creation is the one instant to sort by that stays as it is: so each
 * credential stands there once, whatever is changed or used meanwhile.
 */
export function exportCredentials(
  ctx: Context,
  page: CredentialPage,
): NonNullable<Reply<unknown>['stream']> {
  const direction = page.key === 'createdAt' ? page.direction : 'desc'
  return {
    mediaType: 'text/csv; charset=utf-8; header=present',
    fileName: 'credentials.csv',
    lines: writeLines(ctx, { ...page, key: 'createdAt', direction, limit: BATCH }),
  }
}

async function* writeLines(ctx: Context, page: CredentialPage): AsyncGenerator<string> {
  yield csvHeader
  // What is created while it runs is left out, so that it comes to an end.
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
