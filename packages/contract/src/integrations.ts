import { AUTH_KINDS } from '@keyporter/protocol'
import * as z from 'zod'
import {
  actorOut,
  byId,
  environment,
  instantOut,
  listQuery,
  lookupText,
  name,
  notes,
  page,
  searchText,
} from './fields.ts'
import { defineRoute } from './route.ts'
import { authOut, authSettings, headerIn, headerOut } from './upstream-auth.ts'

/** `working` and `needs_attention` are what the last test or call found; `missing`: nobody gave values yet. */
export const connectionStatuses = ['untested', 'working', 'needs_attention'] as const

/** `json`, `xml`, `form`, or any other media type in full. */
const contentType = z
  .string()
  .max(128, { abort: true })
  .regex(/^(json|xml|form|[\w!#$&^.+-]+\/[\w!#$&^.+-]+(; ?[\w!#$&^.+-]+=[\w!#$&^.+-]+)*)$/, {
    error: 'json, xml, form, or a media type such as text/plain',
  })
  .meta({ example: 'json' })

const baseUrl = lookupText(2048).meta({
  format: 'uri',
  example: 'https://api.example.com/v2',
})

/** A third party's API that we call. */
export const Integration = z
  .object({
    id: z.string(),
    organizationId: z.string(),
    name: z.string(),
    notes: z.string(),
    baseUrl: z.string(),
    environment,
    /** Whether every organization has values of its own; else the `shared` connection serves all. */
    organizationSpecific: z.boolean(),
    /** Whether an organization without values of its own is served by the `shared` connection. */
    sharedFallback: z.boolean(),
    contentType: z.string(),
    /** The integration's: the single call's stand above them, the connection's above both. */
    headers: z.array(headerOut),
    auth: authOut,
    /** How many organizations have values of their own. */
    organizationCount: z.int(),
    /** The worst status of its connections; null: it has none. */
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
  summary: 'The APIs of third parties that the organization calls.',
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
  summary: 'Record how a third party’s API is reached and signed in to.',
  access: ['INTEGRATION_READ', 'INTEGRATION_WRITE'],
  feature: 'stored',
  audit: 'integration.created',
  body: z.strictObject({
    name,
    notes: notes.optional(),
    baseUrl,
    /** Fixed from now on. `production` unless given. */
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
  summary: 'One integration.',
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
    'Change an integration. When it leads to another origin or signs in another way, its connections lose their secrets.',
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
  summary: 'Delete an integration with every connection of it. Calls through it fail at once.',
  access: ['INTEGRATION_READ', 'INTEGRATION_DELETE'],
  feature: 'stored',
  audit: 'integration.deleted',
  params: byId,
  status: 204,
  response: z.undefined(),
  errors: ['not_found', 'precondition_failed'],
})
