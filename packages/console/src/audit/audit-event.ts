import type { ResponseBody, routes } from '@keyporter/contract'

export type AuditEvent = ResponseBody<typeof routes.auditEvents.list>['data'][number]
