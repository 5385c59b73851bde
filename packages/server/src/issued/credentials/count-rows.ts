import { expressionBuilder } from 'kysely'
import type { Reader } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { type CredentialFilter, conditionsOf, hasStatus } from './list-conditions.ts'
import { credentialsOf } from './rows.ts'
import type { CredentialStatus } from './rules.ts'
import { hasWarning } from './warning-rows.ts'
import type { CredentialWarning } from './warnings.ts'

/** The credentials to count, and the instant that decides their status. */
export type CountInput = { readonly filter: CredentialFilter; readonly nowMs: number }

const eb = expressionBuilder<Pick<Tables, 'credentials' | 'lastUses'>, 'credentials' | 'lastUses'>()

/** Counts credentials by status. */
export async function countByStatus(
  db: Reader,
  organizationId: string,
  { filter, nowMs }: CountInput,
): Promise<Readonly<Record<CredentialStatus, number>>> {
  const count = (status: CredentialStatus) => {
    const has = hasStatus(status, { nowMs, byExpiry: false })
    return eb.fn.count<number>(eb.case().when(has).then(1).end())
  }
  return db
    .selectFrom('credentials')
    .where('credentials.organizationId', '=', organizationId)
    .where(eb.and(conditionsOf(filter, false)))
    .select([
      count('active').as('active'),
      count('suspended').as('suspended'),
      count('expired').as('expired'),
      count('revoked').as('revoked'),
    ])
    .executeTakeFirstOrThrow()
}

/** Counts credentials by warning. `any` counts credentials with at least one. */
export async function countByWarning(
  db: Reader,
  organizationId: string,
  { filter, nowMs }: CountInput,
): Promise<Readonly<Record<CredentialWarning | 'any', number>>> {
  const count = (warning: CredentialWarning | 'any') => {
    const has = hasWarning(warning, { organizationId, nowMs })
    return eb.fn.count<number>(eb.case().when(has).then(1).end())
  }
  const counted = await credentialsOf(db, organizationId)
    .where(eb.and(conditionsOf(filter, false)))
    .select([
      count('any').as('any'),
      count('expiring_soon').as('expiresSoon'),
      count('never_used').as('neverUsed'),
      count('unused').as('unused'),
      count('rejected_requests').as('rejectedRequests'),
    ])
    .executeTakeFirstOrThrow()
  return {
    any: counted.any,
    expiring_soon: counted.expiresSoon,
    never_used: counted.neverUsed,
    unused: counted.unused,
    rejected_requests: counted.rejectedRequests,
  }
}
