import { type Privilege, permissionsOf } from '@keyporter/contract'
import { useWhoAmI } from '../api/session.ts'

/** Whether whoever is signed in may give a privilege: nobody gives what they do not have. */
export function useMayGrant(): (privilege: Privilege) => boolean {
  const { permissions } = useWhoAmI()
  return (privilege) =>
    [...permissionsOf([privilege])].every((permission) => permissions.includes(permission))
}
