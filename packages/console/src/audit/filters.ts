import type { routes } from '@keyporter/contract'
import type { CallArguments } from '@keyporter/sdk'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { isAction } from './actions.ts'

/** The filters in the URL. */
export type AuditSearch = {
  readonly range?: string
  readonly from?: string
  readonly to?: string
  readonly action?: string
  readonly actor?: string
  readonly target?: string
  readonly result?: string
  readonly cursor?: string
  readonly live?: string
}

type Query = CallArguments<typeof routes.auditEvents.list>

/** The current filters as an API query, with functions that change them. */
export type AuditFilters = {
  readonly search: AuditSearch
  /** Without pagination, for lists and exports. */
  readonly query: Omit<Query, 'limit' | 'cursor' | 'sort'>
  readonly isFiltered: boolean
  readonly set: (changes: AuditSearch) => void
  readonly clear: () => void
  readonly toPage: (cursor: string) => void
}

const HOUR_MS = 3_600_000

/** Predefined time ranges, in hours. */
export const ranges = { '1h': 1, '24h': 24, '7d': 7 * 24, '30d': 30 * 24 } as const
export type Range = keyof typeof ranges

export function isRange(text: string | undefined): text is Range {
  return text !== undefined && Object.hasOwn(ranges, text)
}

/** Returns the filters in the URL, optionally limited to one target. */
export function useAuditFilters(targetId?: string): AuditFilters {
  const search: AuditSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const { range, action, actor, target, result } = search
  // A relative range would shift between pages, so page URLs contain its start time.
  const rangeStart = useMemo(
    () =>
      isRange(range) ? new Date(Date.now() - ranges[range] * HOUR_MS).toISOString() : undefined,
    [range],
  )
  const from = search.from ?? rangeStart
  const update = (changes: AuditSearch): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, ...changes }),
      resetScroll: false,
    })
  const cleared: AuditSearch = {
    range: undefined,
    from: undefined,
    to: undefined,
    action: undefined,
    actor: undefined,
    target: undefined,
    result: undefined,
    cursor: undefined,
  }
  return {
    search,
    query: {
      ...(isAction(action) ? { action } : {}),
      actorId: actor,
      targetId: targetId ?? target,
      ...(result === 'success' || result === 'refused' ? { outcome: result } : {}),
      from,
      to: search.to,
    },
    isFiltered: [range, search.from, search.to, action, actor, target, result].some(
      (part) => part !== undefined,
    ),
    set: (changes) => update({ cursor: undefined, ...changes }),
    clear: () => update(cleared),
    toPage: (cursor) => update({ cursor, from, live: undefined }),
  }
}
