import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
  retainSearchParams,
} from '@tanstack/react-router'
import type { GlobalSearch } from './api/acting.ts'
import { OverviewPage } from './overview/overview-page.tsx'
import { parseSearch, stringifySearch } from './search.ts'
import { ErrorPage, NotFoundPage } from './shell/error-pages.tsx'
import { Shell } from './shell/shell.tsx'
import { SignInPage } from './sign-in/sign-in-page.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage })

const publicRoutes = {
  signIn: createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage }),
  setUp: createRoute({
    getParentRoute: () => root,
    path: '/setup',
    component: lazyRouteComponent(() => import('./sign-in/set-up-page.tsx'), 'SetUpPage'),
  }),
  join: createRoute({
    getParentRoute: () => root,
    path: '/join',
    component: lazyRouteComponent(() => import('./sign-in/join-page.tsx'), 'JoinPage'),
  }),
}

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  // Keeps organization and environment in the URL across navigation.
  validateSearch: (search: Record<string, unknown>): GlobalSearch & Record<string, unknown> =>
    search,
  search: { middlewares: [retainSearchParams(['organization', 'environment'])] },
})

const page = (path: string, component: RouteComponent) =>
  createRoute({ getParentRoute: () => shell, path, component })

// Loaded on first visit, except the overview, which is part of the first bundle.
const load = lazyRouteComponent
const credentialDetail = load(() => import('./credentials/detail-page.tsx'), 'CredentialDetailPage')
const settings = load(() => import('./settings/settings-page.tsx'), 'SettingsPage')
const account = load(() => import('./account/account-page.tsx'), 'AccountPage')

const pages = [
  page('/', OverviewPage),
  page(
    '/credentials',
    load(() => import('./credentials/list-page.tsx'), 'CredentialListPage'),
  ),
  page(
    '/credentials/new',
    load(() => import('./credentials/create-page.tsx'), 'CredentialCreatePage'),
  ),
  // One route for all tabs, so that the page stays mounted when the tab changes.
  page('/credentials/$id/{-$tab}', credentialDetail),
  page(
    '/integrations',
    load(() => import('./integrations/list-page.tsx'), 'IntegrationListPage'),
  ),
  page(
    '/integrations/new',
    load(() => import('./integrations/create-page.tsx'), 'IntegrationCreatePage'),
  ),
  page(
    '/integrations/$id',
    load(() => import('./integrations/detail-page.tsx'), 'IntegrationDetailPage'),
  ),
  page(
    '/audit',
    load(() => import('./audit/audit-page.tsx'), 'AuditPage'),
  ),
  page(
    '/apis',
    load(() => import('./apis/list-page.tsx'), 'ApiListPage'),
  ),
  page(
    '/apis/new',
    load(() => import('./apis/create-page.tsx'), 'ApiCreatePage'),
  ),
  page(
    '/apis/import',
    load(() => import('./apis/import-page.tsx'), 'ApiImportPage'),
  ),
  page(
    '/apis/$id',
    load(() => import('./apis/detail-page.tsx'), 'ApiDetailPage'),
  ),
  page(
    '/members',
    load(() => import('./members/list-page.tsx'), 'MemberListPage'),
  ),
  page(
    '/members/$id',
    load(() => import('./members/detail-page.tsx'), 'MemberDetailPage'),
  ),
  page(
    '/organizations',
    load(() => import('./organizations/list-page.tsx'), 'OrganizationListPage'),
  ),
  page('/settings', settings),
  page('/settings/$tab', settings),
  page('/account', account),
  page('/account/$tab', account),
]

export const router = createRouter({
  routeTree: root.addChildren([...Object.values(publicRoutes), shell.addChildren(pages)]),
  parseSearch,
  stringifySearch,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
})
