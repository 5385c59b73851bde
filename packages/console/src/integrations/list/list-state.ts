import { SdkError } from '@keyporter/sdk'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useActing } from '../../api/acting.ts'
import { isAuthType } from '../authentication-types.ts'

/** The unvalidated query parameters of the list. */
export type ListSearch = {
  readonly q?: string
  readonly kind?: string
  readonly status?: string
  readonly sort?: string
  readonly cursor?: string
}

export const statuses = ['working', 'untested', 'needs_attention', 'missing'] as const
const sorts = ['name', '-name', 'createdAt', '-createdAt', 'updatedAt', '-updatedAt'] as const

/** Loads the page of the URL and returns functions that change it. */
export function useIntegrationPage() {
  const { client, scope, environment } = useActing()
  const search: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const { q, cursor } = search
  const kind = search.kind !== undefined && isAuthType(search.kind) ? search.kind : undefined
  const connectionStatus = statuses.find((known) => known === search.status)
  const sort = sorts.find((known) => known === search.sort) ?? 'name'
  const asked = { q, kind, connectionStatus, sort, cursor, environment }
  const query = useQuery({
    queryKey: [...scope, 'integrations', 'list', asked],
    queryFn: () => client.integrations.list({ ...asked, limit: 25 }),
    placeholderData: (before, last) =>
      // Never shows the previous organization's page.
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
    // biome-ignore lint/correctness/useExhaustiveDependencies: `put` is a new function on every render
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
