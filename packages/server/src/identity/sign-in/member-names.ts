import type { Reader } from '../../store/open.ts'
import type { Member } from '../members/index.ts'
import { findOrganization } from '../organizations/index.ts'
import type { MemberNames } from './password-rules.ts'

/** Returns the words that a member's password must not consist of. */
export async function findMemberNames(
  db: Reader,
  { email, name, organizationId }: Member,
): Promise<MemberNames> {
  const organization = await findOrganization(db, organizationId)
  return { email, name, organizationName: organization?.name ?? '' }
}
