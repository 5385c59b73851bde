import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** A token as the store keeps it. */
export type TokenRow = Tables['upstreamTokens']

/** Who wants to fetch the next token, after which one, and until when the others are to wait. */
export type Claim = {
  readonly connectionId: string
  /** The version that was read; 0 where there was no row. */
  readonly version: number
  readonly claimant: string
  readonly nowMs: number
  readonly untilMs: number
}

/** Finds the token of a connection. */
export async function findTokenRow(
  db: Reader | Writer,
  organizationId: string,
  connectionId: string,
): Promise<TokenRow | undefined> {
  return db
    .selectFrom('upstreamTokens')
    .selectAll()
    .where('connectionId', '=', connectionId)
    .where('organizationId', '=', organizationId)
    .executeTakeFirst()
}

/** Claims the next token; false where somebody else does, or has it already. Of several one succeeds. */
export async function claimToken(
  tx: Writer,
  organizationId: string,
  { connectionId, version, claimant, nowMs, untilMs }: Claim,
): Promise<boolean> {
  if (version === 0) await ensureTokenRow(tx, organizationId, connectionId)
  const { numUpdatedRows } = await tx
    .updateTable('upstreamTokens')
    .set({ claimedBy: claimant, claimedUntil: untilMs })
    .where('connectionId', '=', connectionId)
    .where('organizationId', '=', organizationId)
    .where('version', '=', Math.max(version, 1))
    .where('claimedUntil', '<=', nowMs)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Gives a claim back, where it is still held: the next one need not wait. */
export async function releaseToken(
  tx: Writer,
  organizationId: string,
  { connectionId, claimant }: Pick<Claim, 'connectionId' | 'claimant'>,
): Promise<void> {
  await tx
    .updateTable('upstreamTokens')
    .set({ claimedBy: null, claimedUntil: 0 })
    .where('connectionId', '=', connectionId)
    .where('organizationId', '=', organizationId)
    .where('claimedBy', '=', claimant)
    .execute()
}

/**
 * Takes the next token from whoever has claimed it: what they fetch is not stored any more. Until the
 * transaction ends nobody else changes the row, whose version it gives; undefined: the connection is gone.
 */
export async function seizeToken(
  tx: Writer,
  organizationId: string,
  { connectionId, claimant }: Pick<Claim, 'connectionId' | 'claimant'>,
): Promise<number | undefined> {
  await ensureTokenRow(tx, organizationId, connectionId)
  const row = await tx
    .updateTable('upstreamTokens')
    .set({ claimedBy: claimant })
    .where('connectionId', '=', connectionId)
    .where('organizationId', '=', organizationId)
    .returning('version')
    .executeTakeFirst()
  return row?.version
}

/** Tokens to be kept, the number of their version, and who had claimed to fetch them. */
export type NextToken = Pick<
  TokenRow,
  'connectionId' | 'sealedToken' | 'expiresAt' | 'sealedRefresh' | 'fetchedAt' | 'version'
> & { readonly claimant: string }

/**
 * Puts new tokens in the place of those of the version before, and ends the claim. False when that version
 * or the claim is no more: then these tokens are not the newest, and nothing was written.
 */
export async function replaceToken(
  tx: Writer,
  organizationId: string,
  { connectionId, version, claimant, ...values }: NextToken,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('upstreamTokens')
    .set({ ...values, version, claimedBy: null, claimedUntil: 0 })
    .where('connectionId', '=', connectionId)
    .where('organizationId', '=', organizationId)
    .where('version', '=', version - 1)
    .where('claimedBy', '=', claimant)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Makes the empty row of a connection, where there is none; nothing where the connection is gone. */
async function ensureTokenRow(
  tx: Writer,
  organizationId: string,
  connectionId: string,
): Promise<void> {
  await tx
    .insertInto('upstreamTokens')
    .columns(['connectionId', 'organizationId', 'version', 'claimedUntil'])
    .expression((eb) =>
      eb
        .selectFrom('connections')
        .select(['id', 'organizationId', eb.lit(1).as('version'), eb.lit(0).as('claimedUntil')])
        .where('id', '=', connectionId)
        .where('organizationId', '=', organizationId),
    )
    .onConflict((conflict) => conflict.column('connectionId').doNothing())
    .execute()
}
