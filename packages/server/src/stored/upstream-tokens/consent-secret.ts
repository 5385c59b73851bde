import { decodeUtf8, encodeUtf8 } from '@keyporter/protocol'
import type { EncryptionContext } from '../../encryption/envelope.ts'
import { DecryptionError } from '../../encryption/organization-encryption.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import type { ConsentRow } from '../integrations/index.ts'

/** The secret part of a consent. */
export type ConsentSecret = {
  /** The PKCE code verifier (RFC 7636 §4.1). */
  readonly verifier: string
  /**
   * The digest of the settings that the consent was started with: the code is sent to no other
   * token endpoint.
   */
  readonly grant: string
}

type Place = Pick<ConsentRow, 'organizationId' | 'digest'>

/** Encrypts the secret of a consent, bound to its row. */
export async function sealConsent(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  tx: Writer,
  { secret, place }: { readonly secret: ConsentSecret; readonly place: Place },
): Promise<string> {
  return organizationEncryption.encrypt(tx, encodeUtf8(JSON.stringify(secret)), placeOf(place))
}

/** Returns the secret of a consent; undefined if it cannot be decrypted. */
export async function openConsent(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  consent: ConsentRow,
): Promise<ConsentSecret | undefined> {
  try {
    const opened = await organizationEncryption.decrypt(consent.encryptedVerifier, placeOf(consent))
    const { verifier, grant } = JSON.parse(decodeUtf8(opened) ?? '{}')
    return { verifier, grant }
  } catch (cause) {
    if (cause instanceof DecryptionError) return undefined
    throw cause
  }
}

/** Consents are never updated, so their version is always 1. */
function placeOf({ organizationId, digest }: Place): EncryptionContext {
  return { organization: organizationId, record: digest, field: 'verifier', version: 1 }
}
