import { decodeUtf8, encodeUtf8, type TokenResponse } from '@keyporter/protocol'
import type { SealedPlace } from '../../encryption/envelope.ts'
import { UnreadableError } from '../../encryption/organization-encryption.ts'
import type { Context } from '../../kernel/context.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { ResolvedConnection, TokenAuth } from '../connection-lookup/index.ts'
import { findTokenRow, replaceToken } from '../integrations/index.ts'
import { endOf, renewalAt } from './token-rules.ts'

/** A connection that fetches its tokens. */
export type TokenConnection = ResolvedConnection & {
  readonly connectionId: string
  readonly auth: TokenAuth
}

/** A token in hand. */
export type HeldToken = {
  readonly token: string
  /** From when on the next one is fetched. */
  readonly renewAtMs: number
  readonly expiresAtMs: number
}

/** What is stored for a connection, as far as it was obtained with its present values. */
export type StoredToken = {
  /** 0 where there is no row yet. */
  readonly version: number
  readonly held: HeldToken | undefined
  readonly refreshToken: string | undefined
}

/** What the other side gave. */
export type GivenToken = Extract<TokenResponse, { readonly kind: 'token' }>

/**
 * Reads what is stored. What was obtained with other values, or no longer opens, counts as nothing.
 *
 * @param grant the digest of what tokens are obtained with now
 */
export async function readStoredToken(
  deps: StoreDeps,
  connection: TokenConnection,
  grant: string,
): Promise<StoredToken> {
  const { vault } = deps
  const strictly = (sealed: Sealed) => openText(vault, sealed, grant)
  try {
    return await readRow(deps.db, connection, strictly)
  } catch (cause) {
    if (!(cause instanceof UnreadableError)) throw cause
  }
  // Between reading and opening it may have been sealed under a new key: what is read now counts.
  return readRow(deps.db, connection, async (sealed) => {
    try {
      return await strictly(sealed)
    } catch (cause) {
      if (cause instanceof UnreadableError) return undefined
      throw cause
    }
  })
}

type StoreDeps = { readonly db: Reader | Writer; readonly vault: Context['vault'] }
type Sealed = { readonly text: string; readonly place: SealedPlace }
type Open = (sealed: Sealed) => Promise<string | undefined>

async function readRow(
  db: Reader | Writer,
  { connectionId, organizationId }: TokenConnection,
  open: Open,
): Promise<StoredToken> {
  const row = await findTokenRow(db, organizationId, connectionId)
  if (row === undefined) return { version: 0, held: undefined, refreshToken: undefined }
  const { version, expiresAt, fetchedAt } = row
  const openField = async (text: string | null, field: string): Promise<string | undefined> => {
    if (text === null) return undefined
    const place = { organization: organizationId, record: connectionId, field, version }
    return open({ text, place })
  }
  const token = await openField(row.sealedToken, 'token')
  const times = {
    renewAtMs: renewalAt(fetchedAt ?? 0, expiresAt),
    expiresAtMs: expiresAt ?? Number.POSITIVE_INFINITY,
  }
  return {
    version,
    held: token === undefined ? undefined : { token, ...times },
    refreshToken: await openField(row.sealedRefresh, 'refresh'),
  }
}

/** Tokens to be stored, in the place of which version, and what they were obtained with. */
export type TokenToStore = {
  readonly connection: TokenConnection
  readonly grant: string
  /** What was stored when they were asked for. */
  readonly before: Pick<StoredToken, 'version' | 'refreshToken'>
  readonly given: GivenToken
  readonly claimant: string
}

/**
 * Stores new tokens, sealed. Undefined when others have been stored since: fenced by the row's version.
 */
export async function storeToken(
  tx: Writer,
  { vault, clock }: Pick<Context, 'vault' | 'clock'>,
  { connection, grant, before, given, claimant }: TokenToStore,
): Promise<HeldToken | undefined> {
  const { connectionId, organizationId, auth } = connection
  const version = Math.max(before.version, 1) + 1
  // RFC 6749 §6: where no new one is given, the old one stays good.
  const refreshToken = given.refreshToken ?? before.refreshToken
  const fetchedAt = clock.now()
  const renewable = refreshToken !== undefined
  const expiresAt = endOf(auth, { ...given, renewable }, fetchedAt)
  const seal = (text: string, field: string): Promise<string> =>
    vault.seal(tx, encodeUtf8(JSON.stringify({ text, grant })), {
      organization: organizationId,
      record: connectionId,
      field,
      version,
    })
  const stored = await replaceToken(tx, organizationId, {
    connectionId,
    version,
    claimant,
    sealedToken: await seal(given.token, 'token'),
    sealedRefresh: refreshToken === undefined ? null : await seal(refreshToken, 'refresh'),
    expiresAt,
    fetchedAt,
  })
  if (!stored) return undefined
  return {
    token: given.token,
    renewAtMs: renewalAt(fetchedAt, expiresAt),
    expiresAtMs: expiresAt ?? Number.POSITIVE_INFINITY,
  }
}

/** The text; undefined when it was obtained with other values. */
async function openText(
  vault: Context['vault'],
  { text, place }: Sealed,
  grant: string,
): Promise<string | undefined> {
  const opened = JSON.parse(decodeUtf8(await vault.open(text, place)) ?? 'null')
  return opened.grant === grant ? opened.text : undefined
}
