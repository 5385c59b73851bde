import type { Caller, Context } from '../../kernel/context.ts'
import type { Refusal } from './authenticate.ts'

/** What the audit of refusals takes. */
export type RefusalAuditDeps = {
  /** Where a refusal is noted that concerns no credential of anybody; undefined before there is one. */
  readonly findOperatorId: () => Promise<string | undefined>
  /** A context of Keyporter itself, acting for an organization. */
  readonly asSystem: (organizationId: string, origin: Partial<Caller>) => Context
}

/** Makes the writer of refused authentications: an event of whose credential it was, else of the operator. */
export function createRefusalAudit({
  findOperatorId,
  asSystem,
}: RefusalAuditDeps): (refusal: Refusal) => Promise<void> {
  return async ({ reason, credential, origin }) => {
    const organizationId = credential?.organizationId ?? (await findOperatorId())
    if (organizationId === undefined) return
    const { ip, requestId } = origin
    await asSystem(organizationId, { ip, requestId }).mutate(async () => ({
      result: undefined,
      audit: {
        action: 'authentication.refused',
        actor: { type: 'anonymous', id: null, name: 'Someone' },
        target: {
          type: 'credential',
          id: credential?.id ?? null,
          name: credential?.name ?? 'unknown',
        },
        outcome: 'refused',
        reason,
      },
    }))
  }
}
