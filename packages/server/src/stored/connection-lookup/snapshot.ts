import type { Header } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { StoredConnection } from '../integrations/index.ts'
import {
  baseFor,
  bindingsOf,
  findIntegration,
  findOpened,
  findOwner,
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

/** What calls need to know of an integration. */
export type IntegrationFacts = {
  readonly integration: StoredIntegration
  /** Whether it is the operator's. */
  readonly operator: boolean
  /** The values of its secret headers; undefined when they cannot be read. */
  readonly headers: HeaderValues | undefined
}

/** What a holder has for an integration. */
export type Slot =
  | { readonly kind: 'absent' }
  /** There was something, which must not or cannot be used. */
  | { readonly kind: 'lost'; readonly detail: string; readonly connectionId: string | null }
  | { readonly kind: 'found'; readonly resolved: ResolvedConnection }

type Deps = Pick<Context, 'db' | 'vault'>

/** Reads an integration, whosever it is; undefined when there is none. */
export async function readIntegration(
  deps: Deps,
  id: string,
): Promise<IntegrationFacts | undefined> {
  const owner = await findOwner(deps.db, id)
  if (owner === undefined) return undefined
  const find = () => findIntegration(deps.db, owner.organizationId, id)
  const integration = await find()
  if (integration === undefined) return undefined
  const headers = await openHeaders(deps, integration)
  if (headers !== undefined) return { integration, operator: owner.operator, headers }
  // They may have been sealed under another key since they were read.
  const again = await find()
  return (
    again && {
      integration: again,
      operator: owner.operator,
      headers: await openHeaders(deps, again),
    }
  )
}

/** Reads and opens what a holder has for an integration. */
export async function readSlot(deps: Deps, facts: IntegrationFacts, holder: string): Promise<Slot> {
  const { integration } = facts
  const opened = await findOpened(deps, integration.id, holder)
  if (opened === undefined) return withoutConnection(facts)
  const { connection, values } = opened
  if (values === undefined) {
    return lost(connection.sealed === null ? GIVE_AGAIN : UNREADABLE, connection.id)
  }
  return withConnection(facts, connection, values)
}

const GIVE_AGAIN =
  'The address or the way of signing in has changed since the values were given: give them again.'
const UNREADABLE = 'The values cannot be read.'
const HEADERS_UNREADABLE = 'The secret headers of the integration cannot be read.'
const INCOMPLETE = 'Something is missing that the way of signing in needs.'

function lost(detail: string, connectionId: string | null): Slot {
  return { kind: 'lost', detail, connectionId }
}

/** Who signs in with nothing needs no values. */
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
  // Those were given for the address of the integration alone.
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
