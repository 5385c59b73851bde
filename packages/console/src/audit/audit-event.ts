import type { Answer, routes } from '@keyporter/contract'

/** One event of the audit log. */
export type AuditEvent = Answer<typeof routes.auditEvents.list>['data'][number]
