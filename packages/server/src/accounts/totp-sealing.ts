import type { Context } from '../context.ts'
import type { SealedPlace } from '../platform/sealing.ts'
import type { Member } from './member-rows.ts'

type Owner = Pick<Member, 'id' | 'organizationId'>

/** Seals the secret of a member's one-time codes. It opens for this member alone. */
export function sealTotpSecret(
  { sealing }: Pick<Context, 'sealing'>,
  secret: Uint8Array,
  owner: Owner,
): string {
  return sealing.seal(secret, placeOf(owner))
}

/** Opens what {@link sealTotpSecret} sealed. */
export function openTotpSecret(
  { sealing }: Pick<Context, 'sealing'>,
  sealed: string,
  owner: Owner,
): Uint8Array {
  return sealing.open(sealed, placeOf(owner))
}

function placeOf({ id, organizationId }: Owner): SealedPlace {
  return { organization: organizationId, record: id, field: 'totp_secret', version: 1 }
}
