import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../kernel/route-handler.ts'
import { listAuditEvents } from './list.ts'
import { verifyAuditEvents } from './verify.ts'

export const auditRoutes: readonly RouteHandler[] = [
  handle(routes.auditEvents.list, listAuditEvents),
  handle(routes.auditEvents.verify, verifyAuditEvents),
]
