import { type Header, readAuth } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { StoredConnection } from '../integrations/index.ts'
import {
  baseFor,
  type ConnectionSecrets,
  decryptHeaders,
  findDecrypted,
  findIntegration,
  findIntegrationOrganization,
  type HeaderValues,
  mergeSettings,
  type StoredHeader,
  type StoredIntegration,
  sameDestinations,
  secretDestinationsOf,
  splitBase,
} from '../integrations/index.ts'
import { type ResolvedConnection, versionOf } from './resolved-connection.ts'

/** An integration with its secret headers decrypted. */
export type DecryptedIntegration = {
  readonly integration: StoredIntegration
  /** Whether the operator's organization owns the integration. */
  readonly operator: boolean
  /** The values of the secret headers; undefined if they cannot be decrypted. */
  readonly headers: HeaderValues | undefined
}

/** The result of looking up the connection of an owner for an integration. */
export type LookupResult =
  | { readonly kind: 'absent' }
  /** A connection exists but cannot be used. */
  | { readonly kind: 'unusable'; readonly detail: string; readonly connectionId: string | null }
  | { readonly kind: 'found'; readonly resolved: ResolvedConnection }

type Deps = Pick<Context, 'db' | 'organizationEncryption'>

/** Reads an integration of any organization; returns undefined if it does not exist. */
export async function readIntegration(
  deps: Deps,
  id: string,
): Promise<DecryptedIntegration | undefined> {
  const organization = await findIntegrationOrganization(deps.db, id)
  if (organization === undefined) return undefined
  const find = () => findIntegration(deps.db, organization.organizationId, id)
  const integration = await find()
  if (integration === undefined) return undefined
  const headers = await decryptHeaders(deps, integration)
  if (headers !== undefined) return { integration, operator: organization.operator, headers }
  // A key rotation may have re-encrypted the headers between the read and the decryption.
  const again = await find()
  return (
    again && {
      integration: again,
      operator: organization.operator,
      headers: await decryptHeaders(deps, again),
    }
  )
}

/** Reads and decrypts the connection of an owner for an integration. */
export async function readConnection(
  deps: Deps,
  integration: DecryptedIntegration,
  owner: string,
): Promise<LookupResult> {
  const decrypted = await findDecrypted(deps, integration.integration.id, owner)
  if (decrypted === undefined) return withoutConnection(integration)
  const { connection, secrets } = decrypted
  if (secrets === undefined) {
    return unusable(connection.encryptedSecrets === null ? OUTDATED : UNDECRYPTABLE, connection.id)
  }
  return withConnection(integration, connection, secrets)
}

const OUTDATED =
  'The address or the authentication type has changed since the credentials were stored. Store the credentials again.'
const UNDECRYPTABLE = 'The stored credentials cannot be decrypted. Store the credentials again.'
const HEADERS_UNDECRYPTABLE =
  'The secret headers of the integration cannot be decrypted. Store them again.'
const INCOMPLETE =
  'The stored credentials lack a field that the authentication type requires. Store the credentials again.'

function unusable(detail: string, connectionId: string | null): LookupResult {
  return { kind: 'unusable', detail, connectionId }
}

/** The authentication type `none` needs no connection. */
function withoutConnection({ integration, headers }: DecryptedIntegration): LookupResult {
  if (integration.auth.kind !== 'none') return { kind: 'absent' }
  if (headers === undefined) return unusable(HEADERS_UNDECRYPTABLE, null)
  return {
    kind: 'found',
    resolved: {
      ...endpointOf(integration, integration.auth),
      integrationHeaders: fillHeaders(integration.headers, headers),
      connectionHeaders: [],
      secretHeaderValues: [...headers.values()],
      connectionId: null,
      status: null,
      organizationId: integration.organizationId,
      version: versionOf(integration, undefined),
      auth: { kind: 'none' },
    },
  }
}

function withConnection(
  { integration, headers }: DecryptedIntegration,
  connection: StoredConnection,
  secrets: ConnectionSecrets,
): LookupResult {
  const { baseUrl, auth: own } = integration
  const { id } = connection
  if (connection.kind !== own.kind) return unusable(OUTDATED, id)
  const settings = mergeSettings(own, connection.auth)
  if (!sameDestinations(secrets.destinations, secretDestinationsOf(baseUrl, settings)))
    return unusable(OUTDATED, id)
  if (headers === undefined) return unusable(HEADERS_UNDECRYPTABLE, id)
  // Secret headers of the integration are sent to the integration's own address only.
  if (headers.size > 0 && baseFor(baseUrl, settings) !== baseFor(baseUrl, own)) {
    return unusable(OUTDATED, id)
  }
  const auth = readAuth(settings.kind, { ...settings, ...Object.fromEntries(secrets.fields) })
  if (auth === undefined) return unusable(INCOMPLETE, id)
  return {
    kind: 'found',
    resolved: {
      ...endpointOf(integration, settings),
      integrationHeaders: fillHeaders(integration.headers, headers),
      connectionHeaders: fillHeaders(connection.headers, secrets.headers),
      secretHeaderValues: [...headers.values(), ...secrets.headers.values()],
      connectionId: id,
      status: connection.status,
      organizationId: connection.organizationId,
      version: versionOf(integration, connection),
      auth,
    },
  }
}

function endpointOf(integration: StoredIntegration, settings: StoredIntegration['auth']) {
  const { origin, path } = splitBase(baseFor(integration.baseUrl, settings))
  return {
    integrationId: integration.id,
    integrationName: integration.name,
    integrationOrganizationId: integration.organizationId,
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

function fillHeaders(headers: readonly StoredHeader[], values: HeaderValues): readonly Header[] {
  return headers.map(({ name, value, secret }) => ({
    name,
    value: (secret ? values.get(name.toLowerCase()) : value) ?? '',
  }))
}
