import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** Revoked tokens that have not expired; across organizations, for memory alone. */
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

/** Notes a token as revoked. Doing it twice is doing it once. */
export async function insertRevoked(tx: Writer, row: Tables['revokedTokens']): Promise<void> {
  await tx
    .insertInto('revokedTokens')
    .values(row)
    .onConflict((conflict) => conflict.column('jti').doNothing())
    .execute()
}
