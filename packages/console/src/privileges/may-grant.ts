import { type Privilege, permissionsOf } from '@keyporter/contract'
import { useCurrentSession } from '../api/session.ts'

/**
 * Returns whether the signed-in member can grant a privilege: only one whose permissions they
 * have.
 */
export function useMayGrant(): (privilege: Privilege) => boolean {
  const { permissions } = useCurrentSession()
  return (privilege) =>
    [...permissionsOf([privilege])].every((permission) => permissions.includes(permission))
}
