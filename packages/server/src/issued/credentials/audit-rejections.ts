import { toActorReference } from '../../kernel/actor.ts'
import { anonymous, type Caller, type Context } from '../../kernel/context.ts'
import type { Rejection } from './authenticate-secret.ts'

/** Dependencies of {@link createRejectionAudit}. */
export type RejectionAuditDeps = {
  /** The organization that gets the event when no credential matched; undefined before setup. */
  readonly findOperatorId: () => Promise<string | undefined>
  /** Returns a context of the system actor in an organization. */
  readonly asSystem: (organizationId: string, source: Partial<Caller>) => Context
}

/**
 * Returns a function that audits a rejected authentication. The event belongs to the organization of the
 * credential, or to the operator when no credential matched.
 */
export function createRejectionAudit({
  findOperatorId,
  asSystem,
}: RejectionAuditDeps): (rejection: Rejection) => Promise<void> {
  return async ({ reason, credential, source }) => {
    const organizationId = credential?.organizationId ?? (await findOperatorId())
    if (organizationId === undefined) return
    const { ip, requestId } = source
    await asSystem(organizationId, { ip, requestId }).mutate(async () => ({
      result: undefined,
      audit: {
        action: 'authentication.refused',
        actor: toActorReference(anonymous),
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
