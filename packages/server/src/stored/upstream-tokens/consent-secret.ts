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
  readonly fingerprint: string
}

type ConsentReference = Pick<ConsentRow, 'organizationId' | 'digest'>

/** Encrypts the secret of a consent, bound to its row. */
export async function encryptConsent(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  tx: Writer,
  { secret, consent }: { readonly secret: ConsentSecret; readonly consent: ConsentReference },
): Promise<string> {
  return organizationEncryption.encrypt(tx, encodeUtf8(JSON.stringify(secret)), contextOf(consent))
}

/** Returns the secret of a consent; undefined if it cannot be decrypted. */
export async function decryptConsent(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  consent: ConsentRow,
): Promise<ConsentSecret | undefined> {
  try {
    const decrypted = await organizationEncryption.decrypt(
      consent.encryptedVerifier,
      contextOf(consent),
    )
    const { verifier, fingerprint } = JSON.parse(decodeUtf8(decrypted) ?? '{}')
    return { verifier, fingerprint }
  } catch (cause) {
    if (cause instanceof DecryptionError) return undefined
    throw cause
  }
}

/** Consents are never updated, so their version is always 1. */
function contextOf({ organizationId, digest }: ConsentReference): EncryptionContext {
  return { organization: organizationId, record: digest, field: 'verifier', version: 1 }
}
