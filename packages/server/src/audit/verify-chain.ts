import { setImmediate as nextTurn } from 'node:timers/promises'
import { AUDIT_START, type AuditHead, checkAuditLink, checkStoredHead } from '@keyporter/protocol'
import type { Context } from '../kernel/context.ts'
import { hashEvent, headText } from './chain.ts'
import { type AuditRow, type ChainEnds, countEvents, findEnds, selectEvents } from './rows.ts'

/** What is wrong with a chain, and at which number. */
export type ChainProblem = {
  readonly sequence: number
  readonly kind: string
  readonly detail: string
}

/** How a chain was found. */
export type ChainReport = {
  readonly intact: boolean
  /** How many events were found good, from the first on. */
  readonly checked: number
  /** The end of the chain: kept elsewhere, it proves later that nothing was cut off. */
  readonly head: AuditHead
  readonly firstProblem?: ChainProblem
}

type ChainContext = Pick<Context, 'db' | 'digests' | 'organizationId'>

// About 10 ms of work on the event loop at a time.
const BATCH = 200

/**
 * Recomputes the chain of the context's organization from its first event on, and compares its end with
 * the sealed head, and with a head that was kept elsewhere. Events and seals that someone wrote without
 * the audit key, which no database holds in the clear, are found by their seals. Only a chain that was
 * cut off together with its head, back to an older sealed one, needs the kept head to be found.
 */
export async function verifyChain(
  ctx: ChainContext,
  kept: AuditHead | undefined,
): Promise<ChainReport> {
  const ends = await findEnds(ctx.db, ctx.organizationId)
  let previous = AUDIT_START
  let hashAtKept = kept?.sequence === 0 ? AUDIT_START.hash : undefined
  let checked = 0
  const report = (firstProblem: ChainProblem | undefined): ChainReport => ({
    intact: firstProblem === undefined,
    checked,
    head: headOf(ends),
    ...(firstProblem === undefined ? {} : { firstProblem }),
  })
  for await (const rows of readChain(ctx, ends.last)) {
    for (const row of rows) {
      const problem = checkRow(ctx, previous, row)
      if (problem !== undefined) return report(problem)
      previous = { sequence: row.sequence, hash: row.hash }
      checked += 1
      if (row.sequence === kept?.sequence) hashAtKept = row.hash
    }
  }
  const count = await countEvents(ctx.db, ctx.organizationId, ends.last)
  return report(
    checkHead(ctx, previous, ends) ??
      (kept === undefined
        ? undefined
        : checkStoredHead(previous, { head: kept, hashAt: hashAtKept })) ??
      (count === checked ? undefined : duplicated(previous)),
  )
}

async function* readChain(ctx: ChainContext, upTo: number): AsyncGenerator<readonly AuditRow[]> {
  let after: AuditRow | undefined
  for (;;) {
    const rows = await selectEvents(ctx.db, ctx.organizationId, {
      filter: {},
      page: { order: 'asc', after, upTo, limit: BATCH },
    })
    yield rows
    if (rows.length < BATCH) return
    after = rows.at(-1)
    await nextTurn()
  }
}

function checkRow(
  { digests, organizationId }: ChainContext,
  previous: AuditHead,
  row: AuditRow,
): ChainProblem | undefined {
  const computedHash = hashEvent(row)
  const problem = checkAuditLink(previous, { event: row, organizationId, computedHash })
  if (problem !== undefined || digests.sealAudit(row.hash) === row.seal) return problem
  return {
    sequence: row.sequence,
    kind: 'resealed',
    detail: `Event ${row.sequence} was not written by this Keyporter: its seal is not right.`,
  }
}

function checkHead(
  { digests, organizationId }: ChainContext,
  end: AuditHead,
  { head }: ChainEnds,
): ChainProblem | undefined {
  const { sequence } = end
  if (head === undefined) {
    if (sequence === 0) return undefined
    return { sequence, kind: 'head_missing', detail: 'The sealed head of the chain is missing.' }
  }
  if (digests.sealAudit(headText(organizationId, head.sequence, head.hash)) !== head.seal) {
    return { sequence, kind: 'head_forged', detail: 'The seal of the head is not right.' }
  }
  if (head.sequence > sequence) {
    const detail = `The log ended at ${head.sequence}, and ends at ${sequence} now.`
    return { sequence: sequence + 1, kind: 'truncated', detail }
  }
  if (head.sequence < sequence) {
    const detail = `There are events after ${head.sequence}, where the sealed head ends the log.`
    return { sequence: head.sequence + 1, kind: 'beyond_head', detail }
  }
  if (head.hash === end.hash) return undefined
  return { sequence, kind: 'different_head', detail: 'The last event is not the sealed one.' }
}

function duplicated({ sequence }: AuditHead): ChainProblem {
  return { sequence, kind: 'duplicate', detail: `A number up to ${sequence} stands there twice.` }
}

function headOf({ head }: ChainEnds): AuditHead {
  return head === undefined ? AUDIT_START : { sequence: head.sequence, hash: head.hash }
}
