import { expressionBuilder } from 'kysely'
import type { Reader } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { type CredentialFilter, conditionsOf, hasStatus } from './list-conditions.ts'
import { credentialsOf } from './rows.ts'
import type { CredentialStatus } from './rules.ts'
import { needsAttention } from './warning-rows.ts'
import type { Attention } from './warnings.ts'

/** What is counted, and when. */
export type Counted = { readonly filter: CredentialFilter; readonly nowMs: number }

const eb = expressionBuilder<Pick<Tables, 'credentials' | 'lastUses'>, 'credentials' | 'lastUses'>()

/** How many credentials of each status there are. */
export async function countByStatus(
  db: Reader,
  organizationId: string,
  { filter, nowMs }: Counted,
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

/** How many credentials have each attention, and how many any. */
export async function countByAttention(
  db: Reader,
  organizationId: string,
  { filter, nowMs }: Counted,
): Promise<Readonly<Record<Attention | 'any', number>>> {
  const count = (attention: Attention | 'any') => {
    const has = needsAttention(attention, { organizationId, nowMs })
    return eb.fn.count<number>(eb.case().when(has).then(1).end())
  }
  const counted = await credentialsOf(db, organizationId)
    .where(eb.and(conditionsOf(filter, false)))
    .select([
      count('any').as('any'),
      count('expires_soon').as('expiresSoon'),
      count('never_used').as('neverUsed'),
      count('unused').as('unused'),
      count('denied_calls').as('deniedCalls'),
    ])
    .executeTakeFirstOrThrow()
  return {
    any: counted.any,
    expires_soon: counted.expiresSoon,
    never_used: counted.neverUsed,
    unused: counted.unused,
    denied_calls: counted.deniedCalls,
  }
}
