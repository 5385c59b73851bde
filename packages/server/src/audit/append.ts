import { type AuditEventFields, generateId, NO_PREVIOUS_HASH } from '@keyporter/protocol'
import type { AuditEntry, Caller, ContextBase } from '../kernel/context.ts'
import type { Writer } from '../store/open.ts'
import { hashEvent, headText } from './chain.ts'

export type AuditDeps = Pick<ContextBase, 'clock' | 'random' | 'digests'>

/**
 * Appends events to the hash chains of their organizations. The caller's transaction holds the append lock,
 * so that concurrent writers produce one chain without gaps. Returns the ID of the last event.
 */
export async function appendAudit(
  tx: Writer,
  deps: AuditDeps,
  request: { readonly caller: Caller; readonly entries: readonly AuditEntry[] },
): Promise<string> {
  let id = ''
  for (const entry of request.entries)
    id = await appendOne(tx, deps, { caller: request.caller, entry })
  return id
}

/** Whether an event was appended by a transaction that is committed. */
export async function isAppended(tx: Writer, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('auditEvents')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}

async function appendOne(
  tx: Writer,
  { clock, random, digests }: AuditDeps,
  { caller, entry }: { readonly caller: Caller; readonly entry: AuditEntry },
): Promise<string> {
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
  return event.id
}

/** Returns a canonical JSON text, which parsing and serializing does not change. */
function changesText(changes: NonNullable<AuditEntry['changes']>): string {
  const entries = Object.entries(changes).map(([field, { from, to }]) => [
    field,
    { from: from ?? null, to: to ?? null },
  ])
  return JSON.stringify(Object.fromEntries(entries))
}
