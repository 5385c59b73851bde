/** The audit log: one hash chain per organization. Append, list, export, verify. */
export { appendAudit, isAppended } from './append.ts'
export { auditRoutes } from './routes.ts'
