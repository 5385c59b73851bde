import type { AuthKind, Environment } from '@keyporter/protocol'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Reader } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { containsPattern, isLike, isLikeIgnoringCase, nameKeyOf } from '../../store/text-search.ts'
import { type ConnectionStatus, statusesBySeverity } from './connection-rows.ts'
import { integrationsOf, type StoredIntegration, toIntegration } from './rows.ts'

/** The sort keys of the list. */
export type SortKey = 'name' | 'createdAt' | 'updatedAt'

/** The filters, the order and the start of a page. */
export type IntegrationPage = {
  readonly q: string | undefined
  readonly environment: Environment | undefined
  readonly kind: AuthKind | undefined
  /** `missing`: the authentication type needs credentials, and no connection exists. */
  readonly connectionStatus: ConnectionStatus | 'missing' | undefined
  readonly sortKey: SortKey
  readonly direction: 'asc' | 'desc'
  readonly after: { readonly value: string | number; readonly id: string } | undefined
  readonly limit: number
}

/** Returns up to `limit` + 1 integrations of an organization. */
export async function selectIntegrations(
  db: Reader,
  organizationId: string,
  page: IntegrationPage,
): Promise<readonly StoredIntegration[]> {
  const { direction, limit } = page
  const column = columnOf(page.sortKey)
  const rows = await integrationsOf(db, organizationId)
    .where(eb.and([...conditionsOf(page), ...beyond(page, column)]))
    .orderBy(column, direction)
    .orderBy('integrations.id', direction)
    .limit(limit + 1)
    .execute()
  return rows.map(toIntegration)
}

/** Returns the value of an integration's sort key. */
export function sortValueOf(integration: StoredIntegration, key: SortKey): string | number {
  return key === 'name' ? nameKeyOf(integration.name) : integration[key]
}

const eb = expressionBuilder<
  Pick<Tables, 'integrations' | 'connections' | 'lastUses'>,
  'integrations' | 'lastUses'
>()

function columnOf(key: SortKey): Expression<string | number> {
  return key === 'name' ? eb.ref('integrations.nameKey') : eb.ref(`integrations.${key}`)
}

function conditionsOf({ q, environment, kind, connectionStatus }: IntegrationPage) {
  return [
    ...(environment === undefined ? [] : [eb('integrations.environment', '=', environment)]),
    ...(kind === undefined ? [] : [eb('integrations.kind', '=', kind)]),
    ...(connectionStatus === undefined ? [] : [hasStatus(connectionStatus)]),
    ...(q === undefined || q === '' ? [] : [matches(q)]),
  ]
}

function matches(q: string): Expression<SqlBool> {
  const pattern = containsPattern(q.normalize('NFC'))
  return eb.or([
    isLike(eb.ref('integrations.nameKey'), containsPattern(nameKeyOf(q))),
    isLikeIgnoringCase(eb.ref('integrations.notes'), pattern),
    isLikeIgnoringCase(eb.ref('integrations.baseUrl'), pattern),
  ])
}

/** Whether the worst status of the connections is this one. */
function hasStatus(status: ConnectionStatus | 'missing'): Expression<SqlBool> {
  if (status === 'missing') {
    return eb.and([
      eb('integrations.kind', '!=', 'none'),
      ...statusesBySeverity.map((one) => eb.not(hasOne(one))),
    ])
  }
  const worse = statusesBySeverity.slice(0, statusesBySeverity.indexOf(status))
  return eb.and([hasOne(status), ...worse.map((one) => eb.not(hasOne(one)))])
}

function hasOne(status: ConnectionStatus): Expression<SqlBool> {
  return eb.exists(
    eb
      .selectFrom('connections')
      .select('connections.id')
      .whereRef('connections.integrationId', '=', 'integrations.id')
      .where('connections.status', '=', status),
  )
}

/** The rows after the start of the page. */
function beyond(
  { after, direction }: IntegrationPage,
  column: Expression<string | number>,
): Expression<SqlBool>[] {
  if (after === undefined) return []
  const sign = sql.raw(direction === 'asc' ? '>' : '<')
  return [
    sql<SqlBool>`(${column}, ${eb.ref('integrations.id')}) ${sign} (${after.value}, ${after.id})`,
  ]
}
