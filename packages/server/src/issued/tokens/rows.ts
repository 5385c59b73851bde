import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** Returns the revoked tokens of all organizations that have not expired, to fill the cache. */
export async function selectRevoked(
  db: Reader,
  nowMs: number,
): Promise<readonly { readonly jti: string; readonly expiresAt: number }[]> {
  return db
    .selectFrom('revokedTokens')
    .select(['jti', 'expiresAt'])
    .where('expiresAt', '>', nowMs)
    .execute()
}

/** Records the revocation of a token. Idempotent. */
export async function insertRevoked(tx: Writer, row: Tables['revokedTokens']): Promise<void> {
  await tx
    .insertInto('revokedTokens')
    .values(row)
    .onConflict((conflict) => conflict.column('jti').doNothing())
    .execute()
}
