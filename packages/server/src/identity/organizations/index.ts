/** Organizations: the tenants, with their features and policies. */
export { newOrganization } from './create.ts'
export { toOrganization } from './presenter.ts'
export { organizationRoutes } from './routes.ts'
export {
  findFeatures,
  findOperator,
  findOrganization,
  findPolicy,
  insertOrganization,
  lockOrganization,
  type Organization,
} from './rows.ts'
export type { Features, Policy } from './rules.ts'
