import type { TokenAuth } from '@keyporter/protocol'
import { decodeUtf8, encodeUtf8, type UpstreamTokenResult } from '@keyporter/protocol'
import type { EncryptionContext } from '../../encryption/envelope.ts'
import { DecryptionError } from '../../encryption/organization-encryption.ts'
import type { Context } from '../../kernel/context.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { ResolvedConnection } from '../connection-lookup/index.ts'
import { findTokenRow, replaceToken } from '../integrations/index.ts'
import { expiryOf, renewalAt } from './token-rules.ts'

/** A connection with an authentication type that needs a token. */
export type TokenConnection = ResolvedConnection & {
  readonly connectionId: string
  readonly auth: TokenAuth
}

/** A decrypted token. */
export type DecryptedToken = {
  readonly token: string
  /** The time from which the next token is fetched. */
  readonly renewAtMs: number
  readonly expiresAtMs: number
}

/** The stored tokens of a connection, if they were obtained with its current credentials. */
export type StoredToken = {
  /** 0 if there is no row yet. */
  readonly version: number
  readonly current: DecryptedToken | undefined
  readonly refreshToken: string | undefined
}

/** The token response of the upstream. */
export type ReceivedToken = Extract<UpstreamTokenResult, { readonly kind: 'token' }>

/**
 * Reads the stored tokens. Tokens that were obtained with other credentials or cannot be decrypted
 * are ignored.
 *
 * @param fingerprint the digest of the current credentials and settings
 */
export async function readStoredToken(
  deps: StoreDeps,
  connection: TokenConnection,
  fingerprint: string,
): Promise<StoredToken> {
  const { organizationEncryption } = deps
  const decryptOrThrow = (encrypted: EncryptedText) =>
    decryptText(organizationEncryption, encrypted, fingerprint)
  try {
    return await readRow(deps.db, connection, decryptOrThrow)
  } catch (cause) {
    if (!(cause instanceof DecryptionError)) throw cause
  }
  // A key rotation may have re-encrypted the tokens between the read and the decryption. The second
  // read is final.
  return readRow(deps.db, connection, async (encrypted) => {
    try {
      return await decryptOrThrow(encrypted)
    } catch (cause) {
      if (cause instanceof DecryptionError) return undefined
      throw cause
    }
  })
}

type StoreDeps = {
  readonly db: Reader | Writer
  readonly organizationEncryption: Context['organizationEncryption']
}
type EncryptedText = { readonly text: string; readonly context: EncryptionContext }
type Decrypt = (encrypted: EncryptedText) => Promise<string | undefined>

async function readRow(
  db: Reader | Writer,
  { connectionId, organizationId }: TokenConnection,
  decrypt: Decrypt,
): Promise<StoredToken> {
  const row = await findTokenRow(db, organizationId, connectionId)
  if (row === undefined) return { version: 0, current: undefined, refreshToken: undefined }
  const { version, expiresAt, fetchedAt } = row
  const decryptField = async (text: string | null, field: string): Promise<string | undefined> => {
    if (text === null) return undefined
    const context = { organization: organizationId, record: connectionId, field, version }
    return decrypt({ text, context })
  }
  const token = await decryptField(row.encryptedToken, 'token')
  const times = {
    renewAtMs: renewalAt(fetchedAt ?? 0, expiresAt),
    expiresAtMs: expiresAt ?? Number.POSITIVE_INFINITY,
  }
  return {
    version,
    current: token === undefined ? undefined : { token, ...times },
    refreshToken: await decryptField(row.encryptedRefreshToken, 'refresh'),
  }
}

/** The tokens to store, the version that they replace, and the digest of the credentials. */
export type TokenToStore = {
  readonly connection: TokenConnection
  readonly fingerprint: string
  /** The stored tokens at the time of the token request. */
  readonly before: Pick<StoredToken, 'version' | 'refreshToken'>
  readonly received: ReceivedToken
  readonly claimant: string
}

/**
 * Encrypts and stores new tokens. Returns undefined if other tokens have been stored since: the
 * row's version is the fencing token.
 */
export async function storeToken(
  tx: Writer,
  { organizationEncryption, clock }: Pick<Context, 'organizationEncryption' | 'clock'>,
  { connection, fingerprint, before, received, claimant }: TokenToStore,
): Promise<DecryptedToken | undefined> {
  const { connectionId, organizationId, auth } = connection
  const version = Math.max(before.version, 1) + 1
  // RFC 6749 §6: without a new refresh token, the old one stays valid.
  const refreshToken = received.refreshToken ?? before.refreshToken
  const fetchedAt = clock.now()
  const renewable = refreshToken !== undefined
  const expiresAt = expiryOf(auth, { ...received, renewable }, fetchedAt)
  const encrypt = (text: string, field: string): Promise<string> =>
    organizationEncryption.encrypt(tx, encodeUtf8(JSON.stringify({ text, fingerprint })), {
      organization: organizationId,
      record: connectionId,
      field,
      version,
    })
  const stored = await replaceToken(tx, organizationId, {
    connectionId,
    version,
    claimant,
    encryptedToken: await encrypt(received.token, 'token'),
    encryptedRefreshToken:
      refreshToken === undefined ? null : await encrypt(refreshToken, 'refresh'),
    expiresAt,
    fetchedAt,
  })
  if (!stored) return undefined
  return {
    token: received.token,
    renewAtMs: renewalAt(fetchedAt, expiresAt),
    expiresAtMs: expiresAt ?? Number.POSITIVE_INFINITY,
  }
}

/** Returns the token; undefined if it was obtained with other credentials. */
async function decryptText(
  organizationEncryption: Context['organizationEncryption'],
  { text, context }: EncryptedText,
  fingerprint: string,
): Promise<string | undefined> {
  const decrypted = JSON.parse(
    decodeUtf8(await organizationEncryption.decrypt(text, context)) ?? 'null',
  )
  return decrypted.fingerprint === fingerprint ? decrypted.text : undefined
}
