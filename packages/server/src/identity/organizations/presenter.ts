import type { Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import type { Organization } from './rows.ts'

/** Returns an organization for a response, with the version for its entity tag. */
export function toOrganization(
  organization: Organization,
): Output<typeof routes.organizations.get> & { readonly version: number } {
  const { id, name, slug, operator, features, policy, version } = organization
  return {
    id,
    name,
    slug,
    operator,
    features,
    policy: {
      ...policy,
      permissionCeiling: policy.permissionCeiling === null ? null : [...policy.permissionCeiling],
    },
    createdAt: formatInstant(organization.createdAt),
    updatedAt: formatInstant(organization.updatedAt),
    version,
  }
}
