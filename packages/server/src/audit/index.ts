/** The audit log: one hash chain per organization, appended with every change, listed, exported, verified. */
export { appendAudit } from './append.ts'
export { auditRoutes } from './routes.ts'
