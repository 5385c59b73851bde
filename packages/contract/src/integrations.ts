import { AUTH_KINDS } from '@keyporter/protocol'
import * as z from 'zod'
import {
  actorOut,
  boundedText,
  byId,
  environment,
  instantOut,
  listQuery,
  name,
  notes,
  page,
  searchText,
} from './fields.ts'
import { defineRoute } from './route.ts'
import { authOut, authSettings, headerIn, headerOut } from './upstream-auth.ts'

/** The last test or token request of a connection decides between `working` and `needs_attention`. */
export const connectionStatuses = ['untested', 'working', 'needs_attention'] as const

/** `json`, `xml`, `form`, or a full media type. */
const contentType = z
  .string()
  .max(128, { abort: true })
  .regex(/^(json|xml|form|[\w!#$&^.+-]+\/[\w!#$&^.+-]+(; ?[\w!#$&^.+-]+=[\w!#$&^.+-]+)*)$/, {
    error: 'Must be json, xml, form, or a media type such as text/plain.',
  })
  .meta({ example: 'json' })

const baseUrl = boundedText(2048).meta({
  format: 'uri',
  example: 'https://api.example.com/v2',
})

/** A third-party API and the settings to call it. */
export const Integration = z
  .object({
    id: z.string(),
    organizationId: z.string(),
    name: z.string(),
    notes: z.string(),
    baseUrl: z.string(),
    environment,
    /** Whether each organization has its own connection. If false, all use the `shared` connection. */
    organizationSpecific: z.boolean(),
    /** Whether organizations without their own connection use the `shared` connection. */
    sharedFallback: z.boolean(),
    contentType: z.string(),
    /** Precedence, highest first: headers of the connection, the request, the integration. */
    headers: z.array(headerOut),
    auth: authOut,
    /** Number of organizations with their own connection. */
    organizationCount: z.int(),
    /** The worst status of the connections. Null without connections. */
    connectionStatus: z.enum(connectionStatuses).nullable(),
    lastUsedAt: instantOut.nullable(),
    createdAt: instantOut,
    createdBy: actorOut,
    updatedAt: instantOut,
    updatedBy: actorOut,
    version: z.int(),
  })
  .meta({ id: 'Integration' })

export const list = defineRoute({
  operationId: 'listIntegrations',
  method: 'GET',
  path: '/v1/integrations',
  tag: 'integrations',
  summary: 'List the integrations of the organization.',
  access: ['INTEGRATION_READ'],
  feature: 'stored',
  audit: { none: 'reads' },
  query: z.strictObject({
    ...listQuery.shape,
    q: searchText.optional(),
    environment: environment.optional(),
    kind: z.enum(AUTH_KINDS).optional(),
    connectionStatus: z.enum([...connectionStatuses, 'missing']).optional(),
    sort: z
      .enum(['name', '-name', 'createdAt', '-createdAt', 'updatedAt', '-updatedAt'])
      .optional(),
  }),
  status: 200,
  response: page(Integration),
  errors: ['invalid_cursor'],
})

export const create = defineRoute({
  operationId: 'createIntegration',
  method: 'POST',
  path: '/v1/integrations',
  tag: 'integrations',
  summary:
    'Create an integration: the base URL, headers and authentication type of a third-party API.',
  access: ['INTEGRATION_READ', 'INTEGRATION_WRITE'],
  feature: 'stored',
  audit: 'integration.created',
  body: z.strictObject({
    name,
    notes: notes.optional(),
    baseUrl,
    /** Cannot be changed later. Default: `production`. */
    environment: environment.optional(),
    organizationSpecific: z.boolean().optional(),
    sharedFallback: z.boolean().optional(),
    contentType,
    headers: z.array(headerIn).max(50).optional(),
    auth: authSettings.optional(),
  }),
  status: 201,
  response: Integration,
  errors: ['address_not_allowed'],
})

export const get = defineRoute({
  operationId: 'getIntegration',
  method: 'GET',
  path: '/v1/integrations/:id',
  tag: 'integrations',
  summary: 'Get an integration.',
  access: ['INTEGRATION_READ'],
  feature: 'stored',
  audit: { none: 'reads' },
  params: byId,
  status: 200,
  response: Integration,
  errors: ['not_found'],
})

export const update = defineRoute({
  operationId: 'updateIntegration',
  method: 'PATCH',
  path: '/v1/integrations/:id',
  tag: 'integrations',
  summary:
    'Update an integration. Changing a URL that receives secrets, or the authentication type, deletes the secrets of the affected connections.',
  access: ['INTEGRATION_READ', 'INTEGRATION_WRITE'],
  feature: 'stored',
  audit: 'integration.updated',
  params: byId,
  body: z.strictObject({
    name: name.optional(),
    notes: notes.nullable().optional(),
    baseUrl: baseUrl.optional(),
    organizationSpecific: z.boolean().optional(),
    sharedFallback: z.boolean().optional(),
    contentType: contentType.optional(),
    headers: z.array(headerIn).max(50).optional(),
    auth: authSettings.optional(),
  }),
  status: 200,
  response: Integration,
  errors: ['not_found', 'address_not_allowed', 'precondition_failed'],
})

export const remove = defineRoute({
  operationId: 'deleteIntegration',
  method: 'DELETE',
  path: '/v1/integrations/:id',
  tag: 'integrations',
  summary: 'Delete an integration and all its connections. Calls fail immediately.',
  access: ['INTEGRATION_READ', 'INTEGRATION_DELETE'],
  feature: 'stored',
  audit: 'integration.deleted',
  params: byId,
  status: 204,
  response: z.undefined(),
  errors: ['not_found', 'precondition_failed'],
})
