import { type Privilege, permissionsOf } from '@keyporter/contract'
import { useWhoAmI } from '../api/session.ts'

/**
 * Returns whether the signed-in member can grant a privilege: only one whose permissions they
 * have.
 */
export function useMayGrant(): (privilege: Privilege) => boolean {
  const { permissions } = useWhoAmI()
  return (privilege) =>
    [...permissionsOf([privilege])].every((permission) => permissions.includes(permission))
}
