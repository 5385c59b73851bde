/** Organizations: the tenants that own everything below them, their features and their policies. */
export { newOrganization } from './create.ts'
export { findFeatures, findPolicy } from './features.ts'
export { toOrganization } from './presenter.ts'
export { organizationRoutes } from './routes.ts'
export {
  findOperator,
  findOrganization,
  insertOrganization,
  lockOrganization,
  type Organization,
} from './rows.ts'
export type { Features, Policy } from './rules.ts'
