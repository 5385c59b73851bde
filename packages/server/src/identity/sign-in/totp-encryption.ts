import type { EncryptionContext } from '../../encryption/envelope.ts'
import { DecryptionError } from '../../encryption/organization-encryption.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import type { Member } from '../members/index.ts'

type Owner = Pick<Member, 'id' | 'organizationId'>

/** Encrypts a member's TOTP secret. The encryption context binds the ciphertext to the member. */
export async function encryptTotpSecret(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  tx: Writer,
  { secret, owner }: { readonly secret: Uint8Array; readonly owner: Owner },
): Promise<string> {
  return organizationEncryption.encrypt(tx, secret, encryptionContext(owner))
}

/** Decrypts a member's TOTP secret. Returns undefined when the organization's keys are destroyed. */
export async function decryptTotpSecret(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  ciphertext: string,
  owner: Owner,
): Promise<Uint8Array | undefined> {
  try {
    return await organizationEncryption.decrypt(ciphertext, encryptionContext(owner))
  } catch (error) {
    if (error instanceof DecryptionError) return undefined
    throw error
  }
}

function encryptionContext({ id, organizationId }: Owner): EncryptionContext {
  return { organization: organizationId, record: id, field: 'totp_secret', version: 1 }
}
