import { type AuditEventFields, generateId, NO_PREVIOUS_HASH } from '@keyporter/protocol'
import type { AuditEntry, Caller, ContextBase } from '../kernel/context.ts'
import type { Writer } from '../store/open.ts'
import { hashEvent, headText } from './chain.ts'

export type AuditDeps = Pick<ContextBase, 'clock' | 'random' | 'digests'>

/**
 * Appends events to the hash chains of their organizations. The caller's transaction holds the append lock,
 * so that concurrent writers produce one chain without gaps.
 */
export async function appendAudit(
  tx: Writer,
  deps: AuditDeps,
  request: { readonly caller: Caller; readonly entries: readonly AuditEntry[] },
): Promise<void> {
  for (const entry of request.entries) await appendOne(tx, deps, { caller: request.caller, entry })
}

async function appendOne(
  tx: Writer,
  { clock, random, digests }: AuditDeps,
  { caller, entry }: { readonly caller: Caller; readonly entry: AuditEntry },
): Promise<void> {
  const organizationId = entry.organizationId ?? caller.organizationId
  const head = await tx
    .selectFrom('auditHeads')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .executeTakeFirst()
  const at = clock.now()
  const actor = entry.actor ?? {
    type: caller.actor.kind,
    id: caller.actor.id,
    name: caller.actor.name,
  }
  const event: AuditEventFields = {
    organizationId,
    sequence: (head?.sequence ?? 0) + 1,
    id: generateId('aud', at, random),
    at,
    action: entry.action,
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    targetType: entry.target.type,
    targetId: entry.target.id,
    targetName: entry.target.name,
    outcome: entry.outcome ?? 'success',
    reason: entry.reason ?? null,
    ip: caller.ip,
    requestId: caller.requestId,
    changes: changesText(entry.changes ?? {}),
    previousHash: head?.hash ?? NO_PREVIOUS_HASH,
  }
  const hash = hashEvent(event)
  await tx
    .insertInto('auditEvents')
    .values({ ...event, hash, mac: digests.auditMac(hash) })
    .execute()
  const next = {
    sequence: event.sequence,
    hash,
    mac: digests.auditMac(headText(organizationId, event.sequence, hash)),
  }
  await tx
    .insertInto('auditHeads')
    .values({ organizationId, ...next })
    .onConflict((conflict) => conflict.column('organizationId').doUpdateSet(next))
    .execute()
}

/** Returns a canonical JSON text, which parsing and serializing does not change. */
function changesText(changes: NonNullable<AuditEntry['changes']>): string {
  const entries = Object.entries(changes).map(([field, { from, to }]) => [
    field,
    { from: from ?? null, to: to ?? null },
  ])
  return JSON.stringify(Object.fromEntries(entries))
}
