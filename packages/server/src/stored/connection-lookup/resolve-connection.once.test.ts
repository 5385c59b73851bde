import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/app-error.ts'
import type { DecryptedIntegration, LookupResult } from './read-connection.ts'
import { type ConnectionQuery, type LookupData, resolveConnection } from './resolve-connection.ts'
import type { ResolvedConnection } from './resolved-connection.ts'

// The lookup order, case by case. OPERATOR owns the installation; A and B are other organizations.

type Case = {
  readonly integrationOwner?: string
  readonly specific?: boolean
  readonly fallback?: boolean
  readonly environment?: 'production' | 'test'
  /** The owners with stored credentials. */
  readonly owners: readonly string[]
  readonly lost?: readonly string[]
  readonly bare?: boolean
  readonly without?: readonly string[]
  readonly caller: string
  readonly callers?: 'production' | 'test'
  readonly named?: string
}

const OPERATOR = 'operator'

async function resolve(given: Case): Promise<string> {
  try {
    return (await resolveConnection(queryOf(given), dataOf(given))).connectionId ?? 'nothing'
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

function queryOf({ caller, callers, named }: Case): ConnectionQuery {
  // safe because the decision reads only these properties
  const actor = {
    kind: callers === undefined ? 'member' : 'credential',
    organizationId: caller,
    environment: callers,
  } as ConnectionQuery['actor']
  return {
    integrationId: 'intg',
    actor,
    operator: caller === OPERATOR,
    organizationId: named,
    sameEnvironment: true,
  }
}

function dataOf(given: Case): LookupData {
  const { integrationOwner = OPERATOR, specific = true, fallback = false } = given
  // safe because the decision reads only these properties
  const integration = {
    integration: {
      id: 'intg',
      organizationId: integrationOwner,
      environment: given.environment ?? 'production',
      organizationSpecific: specific,
      sharedFallback: fallback,
    },
    operator: integrationOwner === OPERATOR,
  } as DecryptedIntegration
  const found = (connectionId: string | null): LookupResult => ({
    kind: 'found',
    resolved: { connectionId } as ResolvedConnection,
  })
  return {
    integration: (id) => (id === 'intg' ? integration : undefined),
    hasStoredFeature: async (id) =>
      ['A', 'B', OPERATOR].includes(id) && given.without?.includes(id) !== true,
    connection: async (_, owner) => {
      if (given.lost?.includes(owner) === true)
        return { kind: 'unusable', detail: 'Unusable.', connectionId: owner }
      if (given.owners.includes(owner)) return found(owner)
      return given.bare === true ? found(null) : { kind: 'absent' }
    },
  }
}

const cases: readonly (readonly [string, Case, string])[] = [
  [
    'the connection of the caller’s organization',
    { caller: OPERATOR, owners: [OPERATOR] },
    OPERATOR,
  ],
  [
    'the connection of the named organization',
    { caller: OPERATOR, named: 'A', owners: ['A', 'B'] },
    'A',
  ],
  [
    'no connection of another organization',
    { caller: OPERATOR, named: 'A', owners: ['B'] },
    'connection_missing',
  ],
  [
    'no shared connection without sharedFallback',
    { caller: OPERATOR, named: 'A', owners: ['shared'] },
    'connection_missing',
  ],
  [
    'the shared connection with sharedFallback',
    { caller: OPERATOR, named: 'A', owners: ['shared'], fallback: true },
    'shared',
  ],
  [
    'the organization’s connection before the shared one',
    { caller: OPERATOR, named: 'A', owners: ['shared', 'A'], fallback: true },
    'A',
  ],
  [
    'no shared connection in place of an unusable one',
    { caller: OPERATOR, named: 'A', owners: ['shared'], lost: ['A'], fallback: true },
    'connection_missing',
  ],
  [
    'the shared connection of an integration that is not organization-specific',
    { caller: OPERATOR, named: 'A', owners: ['shared'], specific: false },
    'shared',
  ],
  [
    'only the shared connection of an integration that is not organization-specific',
    { caller: OPERATOR, named: 'A', owners: ['A', 'shared'], specific: false },
    'shared',
  ],
  [
    'no connection for an unknown organization',
    { caller: OPERATOR, named: 'nobody', owners: ['shared'], specific: false },
    'not_found',
  ],
  [
    'no connection for an organization without the feature stored',
    { caller: OPERATOR, named: 'A', owners: ['A'], without: ['A'] },
    'not_found',
  ],
  [
    'no connection if the caller lacks the feature stored',
    { caller: OPERATOR, named: 'A', owners: ['A'], without: [OPERATOR] },
    'not_found',
  ],
  [
    'no integration of another organization for the operator',
    { integrationOwner: 'A', caller: OPERATOR, named: 'A', owners: ['A', 'shared'] },
    'not_found',
  ],
  ['an organization’s own integration', { integrationOwner: 'A', caller: 'A', owners: ['A'] }, 'A'],
  [
    'the shared connection of an organization’s own integration',
    { integrationOwner: 'A', caller: 'A', owners: ['shared'], specific: false },
    'shared',
  ],
  [
    'no integration of another organization',
    { integrationOwner: 'A', caller: 'B', owners: ['A', 'B', 'shared'], specific: false },
    'not_found',
  ],
  [
    'no connection of another organization for an organization’s own integration',
    { integrationOwner: 'A', caller: 'A', named: 'B', owners: ['B'] },
    'not_found',
  ],
  [
    'the organization’s connection of an operator’s integration',
    { caller: 'A', owners: ['A', 'shared'] },
    'A',
  ],
  [
    'no shared connection of an operator’s integration',
    { caller: 'A', owners: ['shared'], fallback: true },
    'not_found',
  ],
  [
    'no shared connection of an operator’s integration that is not organization-specific',
    { caller: 'A', owners: ['A', 'shared'], specific: false },
    'not_found',
  ],
  [
    'no connection of another organization of an operator’s integration',
    { caller: 'A', named: 'B', owners: ['A', 'B'] },
    'not_found',
  ],
  [
    'an unusable connection of an operator’s integration',
    { caller: 'A', owners: [], lost: ['A'] },
    'connection_missing',
  ],
  [
    'no operator’s integration if the operator lacks the feature stored',
    { caller: 'A', owners: ['A'], without: [OPERATOR] },
    'not_found',
  ],
  [
    'no connection for the authentication type none',
    { caller: OPERATOR, owners: [], bare: true },
    'nothing',
  ],
  [
    'the shared connection for the authentication type none',
    { caller: OPERATOR, owners: ['shared'], bare: true, fallback: true },
    'shared',
  ],
  [
    'no operator’s integration with the authentication type none',
    { caller: 'A', owners: [], bare: true },
    'not_found',
  ],
  [
    'the same environment',
    { caller: OPERATOR, callers: 'test', environment: 'test', owners: [OPERATOR] },
    OPERATOR,
  ],
  [
    'never another environment',
    { caller: OPERATOR, callers: 'test', owners: [OPERATOR] },
    'environment_mismatch',
  ],
  [
    'never another environment, even without credentials',
    { caller: OPERATOR, callers: 'production', environment: 'test', owners: [] },
    'environment_mismatch',
  ],
  [
    'no environment mismatch for an organization without a connection',
    { caller: 'A', callers: 'test', owners: [] },
    'not_found',
  ],
]

describe('a call uses', () => {
  it.each(cases)('%s', async (_name, given, expected) =>
    expect(await resolve(given)).toBe(expected),
  )

  it('no connection of an unknown integration', async () => {
    const query = { ...queryOf({ caller: OPERATOR, owners: [] }), integrationId: 'other' }
    await expect(
      resolveConnection(query, dataOf({ caller: OPERATOR, owners: [] })),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})
