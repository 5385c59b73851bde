import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type AuditHead,
  EMPTY_CHAIN_HEAD,
  verifyAuditEvent,
  verifyStoredHead,
} from '@keyporter/protocol'
import type { Context } from '../kernel/context.ts'
import { hashEvent, headText } from './chain.ts'
import { type AuditRow, type ChainEnds, countEvents, findEnds, selectEvents } from './rows.ts'

/** The first problem of a chain, and its sequence number. */
export type ChainProblem = {
  readonly sequence: number
  readonly kind: string
  readonly detail: string
}

export type ChainReport = {
  readonly intact: boolean
  /** The number of valid events before the first problem. */
  readonly checked: number
  /** The end of the chain. A copy saved elsewhere proves later that the log was not truncated. */
  readonly head: AuditHead
  readonly firstProblem?: ChainProblem
}

type ChainContext = Pick<Context, 'db' | 'digests' | 'organizationId'>

// One batch blocks the event loop for about 10 ms.
const BATCH = 200

/**
 * Recomputes the chain of the context's organization from the first event, and compares its end with the
 * stored head and with a saved head. MACs detect events that were written without the audit key, which the
 * database does not contain in plaintext. Only a saved head detects a chain that was truncated to an
 * older head with a valid MAC.
 */
export async function verifyChain(
  ctx: ChainContext,
  saved: AuditHead | undefined,
): Promise<ChainReport> {
  const ends = await findEnds(ctx.db, ctx.organizationId)
  let previous = EMPTY_CHAIN_HEAD
  let hashAtSaved = saved?.sequence === 0 ? EMPTY_CHAIN_HEAD.hash : undefined
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
      if (row.sequence === saved?.sequence) hashAtSaved = row.hash
    }
  }
  const count = await countEvents(ctx.db, ctx.organizationId, ends.last)
  return report(
    checkHead(ctx, previous, ends) ??
      (saved === undefined
        ? undefined
        : verifyStoredHead(previous, { head: saved, hashAt: hashAtSaved })) ??
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
  const problem = verifyAuditEvent(previous, { event: row, organizationId, computedHash })
  if (problem !== undefined || digests.auditMac(row.hash) === row.mac) return problem
  return {
    sequence: row.sequence,
    kind: 'invalid_mac',
    detail: `Event ${row.sequence} was not written by this installation: its MAC is invalid.`,
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
    return { sequence, kind: 'head_missing', detail: 'The stored head of the chain is missing.' }
  }
  if (digests.auditMac(headText(organizationId, head.sequence, head.hash)) !== head.mac) {
    return { sequence, kind: 'head_forged', detail: 'The MAC of the head is invalid.' }
  }
  if (head.sequence > sequence) {
    const detail = `The log is truncated: it ended at ${head.sequence}, and now ends at ${sequence}.`
    return { sequence: sequence + 1, kind: 'truncated', detail }
  }
  if (head.sequence < sequence) {
    const detail = `The log contains events after ${head.sequence}, the end in the stored head.`
    return { sequence: head.sequence + 1, kind: 'beyond_head', detail }
  }
  if (head.hash === end.hash) return undefined
  return {
    sequence,
    kind: 'different_head',
    detail: 'The last event does not match the stored head.',
  }
}

function duplicated({ sequence }: AuditHead): ChainProblem {
  return { sequence, kind: 'duplicate', detail: `Duplicate sequence number up to ${sequence}.` }
}

function headOf({ head }: ChainEnds): AuditHead {
  return head === undefined ? EMPTY_CHAIN_HEAD : { sequence: head.sequence, hash: head.hash }
}
