import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../../kernel/route-handler.ts'
import { reportUsage } from './report.ts'

/** The routes of usage. */
export const usageRoutes: readonly Binding[] = [bind(routes.credentials.usage, reportUsage)]
