import type { routes } from '@keyporter/contract'
import type { CallArguments } from '@keyporter/sdk'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type Environment, useActing } from '../../api/acting.ts'
import { useTimeZone } from '../../components/instant.tsx'
import { instantOfLocal } from '../../components/local-time.ts'
import type { CredentialStatus, CredentialWarning } from '../credential.ts'

/** The unvalidated query parameters of the list. */
export type ListSearch = {
  readonly q?: string
  readonly status?: string
  readonly warning?: string
  readonly permission?: string
  readonly kind?: string
  readonly apiId?: string
  readonly createdById?: string
  /** Days in the member's time zone, inclusive. */
  readonly expiresFrom?: string
  readonly expiresTo?: string
  readonly sort?: string
  readonly limit?: string
  readonly cursor?: string
  readonly page?: string
}

type ListArguments = CallArguments<typeof routes.credentials.list>

/** The filters in the format of the management API. */
export type Filters = Omit<ListArguments, 'limit' | 'cursor' | 'sort' | 'include'>

/** The views of the list. `current`: all except revoked. */
export const views = ['current', 'active', 'warnings', 'expired', 'revoked', 'all'] as const
export type View = (typeof views)[number]

export const pageSizes = [25, 50, 100] as const
/** The sort orders of the management API. */
export const sorts = [
  'createdAt',
  '-createdAt',
  'name',
  '-name',
  'expiresAt',
  '-expiresAt',
  'lastUsedAt',
  '-lastUsedAt',
] as const
/** Newest first, so that a new credential is the first row. */
const SORT = '-createdAt'

/** The state of the list and the functions that change it. */
export type ListState = {
  readonly search: ListSearch
  readonly view: View
  readonly filters: Filters
  readonly sort: (typeof sorts)[number]
  readonly limit: number
  /** Whether a filter other than the view is set. */
  readonly isNarrowed: boolean
  /** Changes the list and returns to its first page. */
  readonly change: (search: ListSearch, options?: { readonly replace?: boolean }) => void
  /** Goes to another page of the list. */
  readonly turn: (cursor: string | undefined, page: number) => void
  readonly clear: () => void
}

const narrowing = [
  'q',
  'permission',
  'kind',
  'apiId',
  'createdById',
  'expiresFrom',
  'expiresTo',
] as const

export function useListState(): ListState {
  const search: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const { environment } = useActing()
  const timeZone = useTimeZone()
  const go = (changed: ListSearch, replace = false): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, ...changed }),
      replace,
      resetScroll: false,
    })
  return {
    search,
    view: viewOf(search),
    filters: filtersOf(search, { environment, timeZone }),
    sort: sorts.find((sort) => sort === search.sort) ?? SORT,
    limit: pageSizes.find((size) => String(size) === search.limit) ?? pageSizes[0],
    isNarrowed: narrowing.some((name) => Boolean(search[name])),
    change: (changed, { replace } = {}) =>
      go({ ...changed, cursor: undefined, page: undefined }, replace),
    turn: (cursor, page) => go({ cursor, page: page > 1 ? String(page) : undefined }),
    clear: () => go({ ...noFilters, status: undefined, warning: undefined }),
  }
}

const noFilters: ListSearch = {
  ...Object.fromEntries(narrowing.map((name) => [name, undefined])),
  cursor: undefined,
  page: undefined,
}

/** Returns the query parameters of a view. */
export function searchOfView(view: View): ListSearch {
  if (view === 'warnings') return { status: undefined, warning: 'any' }
  return { status: view === 'current' ? undefined : view, warning: undefined }
}

function viewOf({ status, warning }: ListSearch): View {
  if (warningOf(warning) !== undefined) return 'warnings'
  return views.find((view) => view === status && view !== 'warnings') ?? 'current'
}

const warnings: readonly (CredentialWarning | 'any')[] = [
  'any',
  'expiring_soon',
  'never_used',
  'unused',
  'rejected_requests',
]

/** Returns the warning with this name; undefined if there is none. */
export function warningOf(text: string | undefined): CredentialWarning | 'any' | undefined {
  return warnings.find((warning) => warning === text)
}

const statusesOf: Readonly<Record<Exclude<View, 'warnings'>, readonly CredentialStatus[]>> = {
  current: ['active', 'suspended', 'expired'],
  active: ['active'],
  expired: ['expired'],
  revoked: ['revoked'],
  all: [],
}

type Reader = { readonly environment: Environment; readonly timeZone: string | undefined }

function filtersOf(search: ListSearch, { environment, timeZone }: Reader): Filters {
  const view = viewOf(search)
  const statuses = view === 'warnings' ? [] : statusesOf[view]
  return {
    environment,
    q: search.q,
    warning: warningOf(search.warning),
    status: statuses.length === 0 ? undefined : statuses.join(','),
    permission: search.permission,
    kind: (['scoped', 'full_access'] as const).find((kind) => kind === search.kind),
    apiId: search.apiId,
    createdById: search.createdById,
    expiresFrom: startOfDay(search.expiresFrom, 0, timeZone),
    expiresBefore: startOfDay(search.expiresTo, 1, timeZone),
  }
}

const DAY_MS = 86_400_000

/** Returns the start of a day, shifted by `later` days; undefined for an invalid day. */
function startOfDay(
  day: string | undefined,
  later: number,
  timeZone: string | undefined,
): string | undefined {
  const ms = Date.parse(`${day}T00:00:00Z`)
  if (day === undefined || Number.isNaN(ms)) return undefined
  const shifted = new Date(ms + later * DAY_MS).toISOString().slice(0, 10)
  return instantOfLocal(`${shifted}T00:00`, timeZone)
}
