import type { Input, Output, routes } from '@keyporter/contract'
import type { AuditHead } from '@keyporter/protocol'
import { AppError } from '../kernel/app-error.ts'
import type { Context } from '../kernel/context.ts'
import { verifyChain } from './verify-chain.ts'

type Route = typeof routes.auditEvents.verify

/**
 * Whether every event of the organization's log is there, unchanged and in order.
 *
 * @throws {AppError} `invalid_request`
 */
export async function verifyAuditEvents(
  ctx: Context,
  { query }: Input<Route>,
): Promise<Output<Route>> {
  return verifyChain(ctx, keptHead(query))
}

function keptHead({ sequence, hash }: Input<Route>['query']): AuditHead | undefined {
  if (sequence === undefined && hash === undefined) return undefined
  if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash }
  const missing = sequence === undefined ? 'sequence' : 'hash'
  const detail = 'A head is a number and a hash'
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: `/query/${missing}`, code: 'required', detail }],
  })
}
