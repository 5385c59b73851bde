import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** A row with the upstream tokens of a connection. */
export type TokenRow = Tables['upstreamTokens']

/** A claim to fetch the next token, valid until `untilMs`. Other nodes wait for its end. */
export type Claim = {
  readonly connectionId: string
  /** The version that was read; 0 if there was no row. */
  readonly version: number
  readonly claimant: string
  readonly nowMs: number
  readonly untilMs: number
}

/** Returns the token row of a connection; undefined if there is none. */
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

/**
 * Claims the next token. Returns false if another claim is valid, or if the token has been
 * replaced. Of concurrent claims, one succeeds.
 */
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

/** Releases a claim if it is still valid, so that the next claimant need not wait. */
export async function releaseClaim(
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
 * Overrides the current claim: its token will not be stored. The row stays locked until the end of
 * the transaction. Returns the row's version; undefined if the connection is deleted.
 */
export async function overrideClaim(
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

/** The tokens to store, their version, and the claimant. */
export type NextToken = Pick<
  TokenRow,
  | 'connectionId'
  | 'encryptedToken'
  | 'expiresAt'
  | 'encryptedRefreshToken'
  | 'fetchedAt'
  | 'version'
> & { readonly claimant: string }

/**
 * Replaces the tokens of the previous version and releases the claim. Returns false, and writes
 * nothing, if the version or the claim has changed.
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

/**
 * Inserts an empty row for a connection if there is none. Does nothing if the connection is
 * deleted.
 */
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
