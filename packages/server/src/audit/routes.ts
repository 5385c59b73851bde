import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../kernel/route-handler.ts'
import { listAuditEvents } from './list.ts'
import { verifyAuditEvents } from './verify.ts'

/** The routes of the audit log. */
export const auditRoutes: readonly Binding[] = [
  bind(routes.auditEvents.list, listAuditEvents),
  bind(routes.auditEvents.verify, verifyAuditEvents),
]
