import type { Input, Output, routes } from '@keyporter/contract'
import type { AuditHead } from '@keyporter/protocol'
import { AppError } from '../kernel/app-error.ts'
import type { Context } from '../kernel/context.ts'
import { verifyChain } from './verify-chain.ts'

type Route = typeof routes.auditEvents.verify

/**
 * Verifies that the organization's log is complete, unchanged and in order.
 *
 * @throws {AppError} `invalid_request`
 */
export async function verifyAuditEvents(
  ctx: Context,
  { query }: Input<Route>,
): Promise<Output<Route>> {
  return verifyChain(ctx, readSavedHead(query))
}

function readSavedHead({ sequence, hash }: Input<Route>['query']): AuditHead | undefined {
  if (sequence === undefined && hash === undefined) return undefined
  if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash }
  const missing = sequence === undefined ? 'sequence' : 'hash'
  const detail = 'A head consists of sequence and hash'
  throw new AppError('invalid_request', {
    detail: `${detail}. Send both.`,
    fields: [{ pointer: `/query/${missing}`, code: 'required', detail }],
  })
}
