import type { Header } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { StoredConnection } from '../integrations/index.ts'
import {
  baseFor,
  bindingsOf,
  findIntegration,
  findIntegrationOrganization,
  findOpened,
  type HeaderValues,
  mergeSettings,
  openHeaders,
  type SealedValues,
  type StoredHeader,
  type StoredIntegration,
  sameBindings,
  splitBase,
} from '../integrations/index.ts'
import type { ResolvedConnection } from './resolved.ts'
import { toAuth } from './to-auth.ts'
import { makeStamp } from './version.ts'

/** An integration as calls need it. */
export type IntegrationFacts = {
  readonly integration: StoredIntegration
  /** Whether the operator's organization owns the integration. */
  readonly operator: boolean
  /** The values of the secret headers; undefined if they cannot be decrypted. */
  readonly headers: HeaderValues | undefined
}

/** The result of looking up the connection of an owner for an integration. */
export type Slot =
  | { readonly kind: 'absent' }
  /** A connection exists but cannot be used. */
  | { readonly kind: 'lost'; readonly detail: string; readonly connectionId: string | null }
  | { readonly kind: 'found'; readonly resolved: ResolvedConnection }

type Deps = Pick<Context, 'db' | 'organizationEncryption'>

/** Reads an integration of any organization; returns undefined if it does not exist. */
export async function readIntegration(
  deps: Deps,
  id: string,
): Promise<IntegrationFacts | undefined> {
  const organization = await findIntegrationOrganization(deps.db, id)
  if (organization === undefined) return undefined
  const find = () => findIntegration(deps.db, organization.organizationId, id)
  const integration = await find()
  if (integration === undefined) return undefined
  const headers = await openHeaders(deps, integration)
  if (headers !== undefined) return { integration, operator: organization.operator, headers }
  // A key rotation may have re-encrypted the headers between the read and the decryption.
  const again = await find()
  return (
    again && {
      integration: again,
      operator: organization.operator,
      headers: await openHeaders(deps, again),
    }
  )
}

/** Reads and decrypts the connection of an owner for an integration. */
export async function readSlot(deps: Deps, facts: IntegrationFacts, owner: string): Promise<Slot> {
  const { integration } = facts
  const opened = await findOpened(deps, integration.id, owner)
  if (opened === undefined) return withoutConnection(facts)
  const { connection, values } = opened
  if (values === undefined) {
    return lost(connection.encryptedSecrets === null ? GIVE_AGAIN : UNREADABLE, connection.id)
  }
  return withConnection(facts, connection, values)
}

const GIVE_AGAIN =
  'The address or the authentication type has changed since the credentials were stored. Store the credentials again.'
const UNREADABLE = 'The stored credentials cannot be decrypted. Store the credentials again.'
const HEADERS_UNREADABLE =
  'The secret headers of the integration cannot be decrypted. Store them again.'
const INCOMPLETE =
  'The stored credentials lack a field that the authentication type requires. Store the credentials again.'

function lost(detail: string, connectionId: string | null): Slot {
  return { kind: 'lost', detail, connectionId }
}

/** The authentication type `none` needs no connection. */
function withoutConnection(facts: IntegrationFacts): Slot {
  const { integration, headers } = facts
  if (integration.auth.kind !== 'none') return { kind: 'absent' }
  if (headers === undefined) return lost(HEADERS_UNREADABLE, null)
  return {
    kind: 'found',
    resolved: {
      ...reached(integration, integration.auth),
      integrationHeaders: fill(integration.headers, headers),
      connectionHeaders: [],
      secretHeaderValues: [...headers.values()],
      connectionId: null,
      status: null,
      organizationId: integration.organizationId,
      stamp: makeStamp(integration, undefined),
      auth: { kind: 'none' },
    },
  }
}

function withConnection(
  { integration, headers }: IntegrationFacts,
  connection: StoredConnection,
  values: SealedValues,
): Slot {
  const { baseUrl, auth: own } = integration
  const { id } = connection
  if (connection.kind !== own.kind) return lost(GIVE_AGAIN, id)
  const settings = mergeSettings(own, connection.auth)
  if (!sameBindings(values.boundTo, bindingsOf(baseUrl, settings))) return lost(GIVE_AGAIN, id)
  if (headers === undefined) return lost(HEADERS_UNREADABLE, id)
  // Secret headers of the integration are sent to the integration's own address only.
  if (headers.size > 0 && baseFor(baseUrl, settings) !== baseFor(baseUrl, own)) {
    return lost(GIVE_AGAIN, id)
  }
  const auth = toAuth(settings, values.fields)
  if (auth === undefined) return lost(INCOMPLETE, id)
  return {
    kind: 'found',
    resolved: {
      ...reached(integration, settings),
      integrationHeaders: fill(integration.headers, headers),
      connectionHeaders: fill(connection.headers, values.headers),
      secretHeaderValues: [...headers.values(), ...values.headers.values()],
      connectionId: id,
      status: connection.status,
      organizationId: connection.organizationId,
      stamp: makeStamp(integration, connection),
      auth,
    },
  }
}

function reached(integration: StoredIntegration, settings: StoredIntegration['auth']) {
  const { origin, path } = splitBase(baseFor(integration.baseUrl, settings))
  return {
    integrationId: integration.id,
    integrationName: integration.name,
    ownerId: integration.organizationId,
    environment: integration.environment,
    origin,
    basePath: path,
    contentType: mediaTypes.get(integration.contentType) ?? integration.contentType,
  }
}

const mediaTypes: ReadonlyMap<string, string> = new Map([
  ['json', 'application/json'],
  ['xml', 'application/xml'],
  ['form', 'application/x-www-form-urlencoded'],
])

function fill(headers: readonly StoredHeader[], values: HeaderValues): readonly Header[] {
  return headers.map(({ name, value, secret }) => ({
    name,
    value: (secret ? values.get(name.toLowerCase()) : value) ?? '',
  }))
}
