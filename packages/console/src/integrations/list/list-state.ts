import { SdkError } from '@keyporter/sdk'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useActing } from '../../api/acting.ts'
import { isKind } from '../kinds.ts'

/** What the address of the list says. */
export type ListSearch = {
  readonly q?: string
  readonly kind?: string
  readonly status?: string
  readonly sort?: string
  readonly cursor?: string
}

export const statuses = ['working', 'untested', 'needs_attention', 'missing'] as const
const sorts = ['name', '-name', 'createdAt', '-createdAt', 'updatedAt', '-updatedAt'] as const

/** The page of the list that the address asks for, and the way to another. */
export function useIntegrationPage() {
  const { client, scope, environment } = useActing()
  const search: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const { q, cursor } = search
  const kind = search.kind !== undefined && isKind(search.kind) ? search.kind : undefined
  const connectionStatus = statuses.find((known) => known === search.status)
  const sort = sorts.find((known) => known === search.sort) ?? 'name'
  const asked = { q, kind, connectionStatus, sort, cursor, environment }
  const query = useQuery({
    queryKey: [...scope, 'integrations', 'list', asked],
    queryFn: () => client.integrations.list({ ...asked, limit: 25 }),
    placeholderData: (before, last) =>
      // Never another organization's.
      last?.queryKey[1] === scope[1] ? keepPreviousData(before) : undefined,
  })
  const put = (next: ListSearch, replace = false): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, cursor: undefined, ...next }),
      replace,
    })
  const isLost = query.error instanceof SdkError && query.error.code === 'invalid_cursor'
  useEffect(() => {
    if (isLost) put({}, true)
    // biome-ignore lint/correctness/useExhaustiveDependencies: another function each time; once is enough
  }, [isLost])
  return {
    query,
    put,
    sort,
    cursor,
    q: q ?? '',
    kind,
    connectionStatus,
    isNarrowed: Boolean(q) || kind !== undefined || connectionStatus !== undefined,
    clear: () => put({ q: undefined, kind: undefined, status: undefined }),
  }
}

export type IntegrationPage = ReturnType<typeof useIntegrationPage>
