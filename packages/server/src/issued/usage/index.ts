/** Usage of credentials: counted in memory, written once a second, and reported by hour or day. */
export { usageRoutes } from './routes.ts'
export { createUsage, type Usage } from './usage.ts'
