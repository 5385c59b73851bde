import type { Answer, routes } from '@keyporter/contract'

export type AuditEvent = Answer<typeof routes.auditEvents.list>['data'][number]
