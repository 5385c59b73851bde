import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import { reportUsage } from './report.ts'

/** The routes of usage. */
export const usageRoutes: readonly RouteHandler[] = [handle(routes.credentials.usage, reportUsage)]
