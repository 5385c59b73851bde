import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/app-error.ts'
import { type CachedData, type ConnectionQuery, resolveConnection } from './resolve.ts'
import type { ResolvedConnection } from './resolved.ts'
import type { IntegrationSnapshot, LookupResult } from './snapshot.ts'

// F17: the lookup order, row by row. OPERATOR runs Keyporter; A and B are tenants.

type Case = {
  readonly integrationOwner?: string
  readonly specific?: boolean
  readonly fallback?: boolean
  readonly environment?: 'production' | 'test'
  /** Who has values; `none:` is what an integration without a way of signing in gives everybody. */
  readonly owners: readonly string[]
  readonly lost?: readonly string[]
  readonly bare?: boolean
  readonly without?: readonly string[]
  readonly caller: string
  readonly callers?: 'production' | 'test'
  readonly named?: string
}

const OPERATOR = 'operator'

function resolve(given: Case): string {
  try {
    const resolution = resolveConnection(queryOf(given), knowledgeOf(given))
    if (resolution.kind === 'cache_miss') throw new Error('everything is known here')
    return resolution.resolved.connectionId ?? 'nothing'
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

function queryOf({ caller, callers, named }: Case): ConnectionQuery {
  return {
    integrationId: 'intg',
    caller: { organizationId: caller, operator: caller === OPERATOR, environment: callers },
    organizationId: named,
  }
}

function knowledgeOf(given: Case): CachedData {
  const { integrationOwner = OPERATOR, specific = true, fallback = false } = given
  // safe because the decision looks at nothing else
  const facts = {
    integration: {
      id: 'intg',
      organizationId: integrationOwner,
      environment: given.environment ?? 'production',
      organizationSpecific: specific,
      sharedFallback: fallback,
    },
    operator: integrationOwner === OPERATOR,
  } as IntegrationSnapshot
  const found = (connectionId: string | null): LookupResult => ({
    kind: 'found',
    resolved: { connectionId } as ResolvedConnection,
  })
  return {
    integration: (id) => (id === 'intg' ? facts : null),
    hasStored: (id) => ['A', 'B', OPERATOR].includes(id) && given.without?.includes(id) !== true,
    result: (_facts, owner) => {
      if (given.lost?.includes(owner) === true)
        return { kind: 'unusable', detail: 'Lost.', connectionId: owner }
      if (given.owners.includes(owner)) return found(owner)
      return given.bare === true ? found(null) : { kind: 'absent' }
    },
  }
}

const cases: readonly (readonly [string, Case, string])[] = [
  ['one’s own values', { caller: OPERATOR, owners: [OPERATOR] }, OPERATOR],
  ['those of the organization named', { caller: OPERATOR, named: 'A', owners: ['A', 'B'] }, 'A'],
  ['none of another one', { caller: OPERATOR, named: 'A', owners: ['B'] }, 'connection_missing'],
  [
    'no shared ones unless allowed',
    { caller: OPERATOR, named: 'A', owners: ['shared'] },
    'connection_missing',
  ],
  [
    'shared ones where allowed',
    { caller: OPERATOR, named: 'A', owners: ['shared'], fallback: true },
    'shared',
  ],
  [
    'one’s own before shared ones',
    { caller: OPERATOR, named: 'A', owners: ['shared', 'A'], fallback: true },
    'A',
  ],
  [
    'no shared ones in place of lost ones',
    { caller: OPERATOR, named: 'A', owners: ['shared'], lost: ['A'], fallback: true },
    'connection_missing',
  ],
  [
    'shared ones for all',
    { caller: OPERATOR, named: 'A', owners: ['shared'], specific: false },
    'shared',
  ],
  [
    'shared ones alone, where all have the same',
    { caller: OPERATOR, named: 'A', owners: ['A', 'shared'], specific: false },
    'shared',
  ],
  [
    'nothing for an organization that there is not',
    { caller: OPERATOR, named: 'nobody', owners: ['shared'], specific: false },
    'not_found',
  ],
  [
    'nothing for one without the stored door',
    { caller: OPERATOR, named: 'A', owners: ['A'], without: ['A'] },
    'not_found',
  ],
  [
    'nothing while the caller has no stored door',
    { caller: OPERATOR, named: 'A', owners: ['A'], without: [OPERATOR] },
    'not_found',
  ],
  [
    'no tenant’s integration for the operator',
    { integrationOwner: 'A', caller: OPERATOR, named: 'A', owners: ['A', 'shared'] },
    'not_found',
  ],
  ['a tenant’s own', { integrationOwner: 'A', caller: 'A', owners: ['A'] }, 'A'],
  [
    'a tenant’s own shared ones',
    { integrationOwner: 'A', caller: 'A', owners: ['shared'], specific: false },
    'shared',
  ],
  [
    'nothing of another tenant’s',
    { integrationOwner: 'A', caller: 'B', owners: ['A', 'B', 'shared'], specific: false },
    'not_found',
  ],
  [
    'nothing with another organization’s values',
    { integrationOwner: 'A', caller: 'A', named: 'B', owners: ['B'] },
    'not_found',
  ],
  ['a guest’s own values', { caller: 'A', owners: ['A', 'shared'] }, 'A'],
  ['nothing shared for a guest', { caller: 'A', owners: ['shared'], fallback: true }, 'not_found'],
  [
    'nothing shared for a guest of what all have',
    { caller: 'A', owners: ['A', 'shared'], specific: false },
    'not_found',
  ],
  [
    'nothing of another one for a guest',
    { caller: 'A', named: 'B', owners: ['A', 'B'] },
    'not_found',
  ],
  ['a guest that lost its values', { caller: 'A', owners: [], lost: ['A'] }, 'connection_missing'],
  [
    'nothing for a guest while the owner has no stored door',
    { caller: 'A', owners: ['A'], without: [OPERATOR] },
    'not_found',
  ],
  ['no values where none are needed', { caller: OPERATOR, owners: [], bare: true }, 'nothing'],
  [
    'shared values where none are needed',
    { caller: OPERATOR, owners: ['shared'], bare: true, fallback: true },
    'shared',
  ],
  [
    'nothing for a guest where none are needed',
    { caller: 'A', owners: [], bare: true },
    'not_found',
  ],
  [
    'one environment',
    { caller: OPERATOR, callers: 'test', environment: 'test', owners: [OPERATOR] },
    OPERATOR,
  ],
  [
    'never another environment',
    { caller: OPERATOR, callers: 'test', owners: [OPERATOR] },
    'environment_mismatch',
  ],
  [
    'never another environment, values or not',
    { caller: OPERATOR, callers: 'production', environment: 'test', owners: [] },
    'environment_mismatch',
  ],
  [
    'an environment that a stranger learns nothing of',
    { caller: 'A', callers: 'test', owners: [] },
    'not_found',
  ],
]

describe('a call is made with', () => {
  it.each(cases)('%s', (_name, given, expected) => expect(resolve(given)).toBe(expected))

  it('nothing through an integration that there is not', () => {
    const known = knowledgeOf({ caller: OPERATOR, owners: [] })
    const query = { ...queryOf({ caller: OPERATOR, owners: [] }), integrationId: 'other' }
    expect(() => resolveConnection(query, known)).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    )
  })
})
