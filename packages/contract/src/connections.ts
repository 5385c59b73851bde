import { AUTH_KINDS } from '@keyporter/protocol'
import * as z from 'zod'
import { actorOut, byId, instant, instantOut, listQuery, page, pathId } from './fields.ts'
import { connectionStatuses } from './integrations.ts'
import { defineRoute } from './route.ts'
import { authOut, authValues, headerIn, headerOut } from './upstream-auth.ts'

/** The credentials of an integration for one organization, or for all. Never contains a secret. */
export const Connection = z
  .object({
    id: z.string(),
    integrationId: z.string(),
    /** The owner. Null for the `shared` connection. */
    organizationId: z.string().nullable(),
    organizationName: z.string().nullable(),
    kind: z.enum(AUTH_KINDS),
    /** Settings of the connection, without those of the integration. */
    auth: authOut,
    /** The names of the stored secret fields. */
    secrets: z.array(z.string()),
    /** Take precedence over headers of the integration and of the request. */
    headers: z.array(headerOut),
    status: z.enum(connectionStatuses),
    /**
     * The reason for `needs_attention`. `credentials_missing`: a URL that receives secrets or the authentication type
     * changed, so the credentials must be entered again. `rejected`: the upstream rejected the
     * credentials. `consent_required`: a person must consent. `undecryptable`: the encryption key of the
     * credentials was destroyed.
     */
    statusReason: z
      .enum(['credentials_missing', 'rejected', 'consent_required', 'undecryptable'])
      .nullable(),
    /** When the secret expires at the upstream. Entered by a person, else null. */
    expiresAt: instantOut.nullable(),
    /** When the cached upstream token expires, for authentication types that fetch a token. */
    tokenExpiresAt: instantOut.nullable(),
    testedAt: instantOut.nullable(),
    lastUsedAt: instantOut.nullable(),
    createdAt: instantOut,
    createdBy: actorOut,
    updatedAt: instantOut,
    updatedBy: actorOut,
    version: z.int(),
  })
  .meta({ id: 'Connection' })

/** The path parameters of a connection: the integration, and the owner, an organization ID or `shared`. */
const ownerParams = z.strictObject({ id: pathId, organization: pathId })

export const list = defineRoute({
  operationId: 'listConnections',
  method: 'GET',
  path: '/v1/integrations/:id/connections',
  tag: 'connections',
  summary:
    'List the connections of an integration: the shared connection first, then by organization.',
  access: ['INTEGRATION_READ', 'CONNECTION_READ'],
  feature: 'stored',
  audit: { none: 'reads' },
  params: byId,
  query: listQuery,
  status: 200,
  response: page(Connection),
  errors: ['not_found', 'invalid_cursor'],
})

export const put = defineRoute({
  operationId: 'putConnection',
  method: 'PUT',
  path: '/v1/integrations/:id/connections/:organization',
  tag: 'connections',
  summary:
    'Create or replace the connection of an organization, or the `shared` connection. 201 if created.',
  access: ['INTEGRATION_READ', 'CONNECTION_READ', 'CONNECTION_WRITE'],
  feature: 'stored',
  audit: ['connection.created', 'connection.updated'],
  params: ownerParams,
  body: z.strictObject({
    auth: authValues,
    headers: z.array(headerIn).max(50).optional(),
    expiresAt: instant.nullable().optional(),
  }),
  status: 200,
  createdStatus: 201,
  response: Connection,
  errors: ['not_found', 'address_not_allowed', 'precondition_failed'],
})

export const remove = defineRoute({
  operationId: 'deleteConnection',
  method: 'DELETE',
  path: '/v1/integrations/:id/connections/:organization',
  tag: 'connections',
  summary: 'Delete the connection of an organization, or the `shared` connection.',
  access: ['INTEGRATION_READ', 'CONNECTION_READ', 'CONNECTION_DELETE'],
  feature: 'stored',
  audit: 'connection.deleted',
  params: ownerParams,
  status: 204,
  response: z.undefined(),
  errors: ['not_found', 'precondition_failed'],
})

export const authorize = defineRoute({
  operationId: 'authorizeConnection',
  method: 'POST',
  path: '/v1/integrations/:id/connections/:organization/authorize',
  tag: 'connections',
  summary:
    'Start the consent of `oauth2_authorization_code`. Returns the authorization URL for the person who consents, valid for ten minutes.',
  access: ['INTEGRATION_READ', 'CONNECTION_READ', 'CONNECTION_WRITE'],
  feature: 'stored',
  audit: 'connection.authorization_started',
  params: ownerParams,
  body: z.strictObject({}),
  status: 200,
  response: z.object({ url: z.string(), redirectUrl: z.string(), expiresAt: instantOut }),
  errors: ['not_found', 'connection_missing', 'operation_not_supported'],
})

export const fetchToken = defineRoute({
  operationId: 'fetchConnectionToken',
  method: 'POST',
  path: '/v1/integrations/:id/connections/:organization/token',
  tag: 'connections',
  summary:
    'Fetch a new upstream token, for authentication types that use one. The response does not contain the token.',
  access: ['INTEGRATION_READ', 'CONNECTION_READ', 'CALL_WRITE'],
  feature: 'stored',
  audit: 'connection.token_fetched',
  params: ownerParams,
  body: z.strictObject({}),
  status: 200,
  response: Connection,
  errors: [
    'not_found',
    'connection_missing',
    'operation_not_supported',
    'upstream_rejected',
    'upstream_failed',
    'upstream_timeout',
  ],
})
