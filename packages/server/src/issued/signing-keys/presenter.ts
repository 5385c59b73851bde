import { formatInstant } from '@keyporter/protocol'
import { algorithmOf, type SigningKeyRow } from './rows.ts'
import { stateAt } from './rules.ts'

/** Returns the API resource of a signing key. */
export function toSigningKey(row: SigningKeyRow, keys: readonly SigningKeyRow[], nowMs: number) {
  const { status, retiresAt } = stateAt(row, keys, nowMs)
  return {
    id: row.kid,
    algorithm: algorithmOf(row),
    status,
    createdAt: formatInstant(row.createdAt),
    activatesAt: formatInstant(row.activatesAt),
    retiresAt: retiresAt === null ? null : formatInstant(retiresAt),
  }
}
