import type { Keyporter } from '@keyporter/sdk'
import { useSearch } from '@tanstack/react-router'
import { clientFor } from './clients.ts'

export type Environment = 'production' | 'test'

/** What every address may carry: the organization that is acted for, and the environment that is looked at. */
export type GlobalSearch = {
  /** Another organization than the member's own; members of the operator may. */
  readonly organization?: string
  readonly environment?: 'test'
}

/** For whom the open page acts: what the address says. */
export type Acting = {
  readonly client: Keyporter
  /** Undefined for the member's own organization. */
  readonly organizationId: string | undefined
  readonly environment: Environment
  /** The beginning of every query key: what was asked for one organization answers for no other. */
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
