import type { Keyporter } from '@keyporter/sdk'
import { useSearch } from '@tanstack/react-router'
import { clientFor } from './clients.ts'

export type Environment = 'production' | 'test'

/** Query parameters that every page accepts. */
export type GlobalSearch = {
  /** An organization other than the member's own. Only members of the operator may set it. */
  readonly organization?: string
  readonly environment?: 'test'
}

/** The organization and environment that the current URL selects. */
export type Acting = {
  readonly client: Keyporter
  /** Undefined for the member's own organization. */
  readonly organizationId: string | undefined
  readonly environment: Environment
  /** Prefix of every query key: separates the cached data of organizations. */
  readonly scope: readonly [string, string]
}

export function useActing(): Acting {
  const search: GlobalSearch = useSearch({ strict: false })
  const { organization, environment = 'production' } = search
  return {
    client: clientFor(organization),
    organizationId: organization,
    environment,
    scope: ['acting', organization ?? ''],
  }
}
