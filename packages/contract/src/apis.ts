import { PERMISSION_ACTIONS } from '@keyporter/protocol'
import * as z from 'zod'
import {
  boundedText,
  byId,
  instantOut,
  line,
  lines,
  listQuery,
  name,
  page,
  pathId,
  permission,
  resourceName,
  searchText,
  signingAlgorithm,
  slug,
} from './fields.ts'
import { defineRoute } from './route.ts'

const action = z.enum(PERMISSION_ACTIONS)

/** One row of the permission table: a resource and its actions. */
const permissionRow = z.strictObject({
  resource: resourceName,
  actions: z.array(action).min(1).max(3),
  description: line(0, 200).optional(),
  /** The scope of each action whose scope differs from `RESOURCE_ACTION`. */
  scopes: z
    .strictObject({ read: permission, write: permission, delete: permission })
    .partial()
    .optional(),
})

const httpMethod = z
  .string()
  .regex(/^[A-Z]{3,10}$/, { error: 'Must be an HTTP method in upper case, such as GET.' })
const operationPath = z
  .string()
  .min(1)
  .max(2048)
  .regex(/^\/[^\s?#\\\p{Cc}\p{Cf}]*$/u, {
    error: 'Must be a path that starts with / and has no query.',
  })

/** An operation and every permission that it requires. */
const operation = z.strictObject({
  method: httpMethod,
  path: operationPath,
  permissions: z.array(permission).max(64),
})

/** An API of the operator: an OAuth resource server with its permissions and operations. */
export const Api = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    identifier: z.string(),
    builtIn: z.boolean(),
    permissions: z.array(
      z.object({
        resource: z.string(),
        actions: z.array(action),
        description: z.string(),
        scopes: z.record(z.string(), z.string()),
      }),
    ),
    scopes: z.array(z.string()),
    /**
     * The `scopes` that this caller can grant to a credential of the organization, within the
     * organization's permission ceiling. For the built-in API, only permissions of the caller.
     */
    grantable: z.array(z.string()),
    operations: z.array(
      z.object({ method: z.string(), path: z.string(), permissions: z.array(z.string()) }),
    ),
    tokenTtlSeconds: z.int(),
    signingAlgorithm,
    organizations: z.union([z.literal('all'), z.array(z.string())]),
    createdAt: instantOut,
    updatedAt: instantOut,
  })
  .meta({ id: 'Api' })

/** An API in a list. Lists omit the operations, because an API can have 20,000. */
const ApiSummary = Api.omit({ operations: true }).meta({ id: 'ApiSummary' })

const identifier = z
  .string()
  .max(512)
  .refine((text) => URL.canParse(text) && /^[!-~]+$/.test(text) && !text.includes('#'), {
    error: 'Must be an absolute URI without a fragment (RFC 8707 §2).',
  })
  .meta({ example: 'https://api.example.com' })

const settings = {
  permissions: z.array(permissionRow).min(1).max(500),
  operations: z.array(operation).max(20_000).optional(),
  tokenTtlSeconds: z.int().min(60).max(3600).optional(),
  signingAlgorithm: signingAlgorithm.optional(),
  /** The organizations that can use the API. Default: `all`. */
  organizations: z.union([z.literal('all'), z.array(boundedText(64)).max(10_000)]).optional(),
}

export const list = defineRoute({
  operationId: 'listApis',
  method: 'GET',
  path: '/v1/apis',
  tag: 'apis',
  summary: 'List the APIs available to the organization, including the built-in API.',
  access: ['API_READ'],
  audit: { none: 'reads' },
  query: z.strictObject({
    ...listQuery.shape,
    q: searchText.optional(),
    slug: boundedText(64).optional(),
  }),
  status: 200,
  response: page(ApiSummary),
  errors: ['invalid_cursor'],
})

export const create = defineRoute({
  operationId: 'createApi',
  method: 'POST',
  path: '/v1/apis',
  tag: 'apis',
  summary: 'Create an API with its identifier (the audience of its tokens) and permission table.',
  access: ['API_READ', 'API_WRITE'],
  audit: 'api.created',
  body: z.strictObject({ name, identifier, slug: slug.optional(), ...settings }),
  bodyBytesMax: 4 * 1024 * 1024,
  status: 201,
  response: Api,
  errors: ['operator_only', 'already_exists'],
})

export const get = defineRoute({
  operationId: 'getApi',
  method: 'GET',
  path: '/v1/apis/:id',
  tag: 'apis',
  summary: 'Get an API.',
  access: ['API_READ'],
  audit: { none: 'reads' },
  params: byId,
  status: 200,
  response: Api,
  errors: ['not_found'],
})

export const update = defineRoute({
  operationId: 'updateApi',
  method: 'PATCH',
  path: '/v1/apis/:id',
  tag: 'apis',
  summary: 'Update an API. The identifier cannot change, because tokens contain it.',
  access: ['API_READ', 'API_WRITE'],
  audit: 'api.updated',
  params: byId,
  body: z.strictObject({
    name: name.optional(),
    ...settings,
    permissions: settings.permissions.optional(),
  }),
  bodyBytesMax: 4 * 1024 * 1024,
  status: 200,
  response: Api,
  errors: ['not_found', 'operator_only', 'built_in_api', 'precondition_failed'],
})

const operationOut = z.object({
  method: z.string(),
  path: z.string(),
  permissions: z.array(z.string()),
})
const operationKey = z.object({ method: z.string(), path: z.string() })
const diffPart = z.object({ permissions: z.array(z.string()), operations: z.array(operationKey) })

export const importDocument = defineRoute({
  operationId: 'importApi',
  method: 'POST',
  path: '/v1/apis/import',
  tag: 'apis',
  summary:
    'Import permissions and operations from an OpenAPI 3.0 or 3.1 document. Previews the changes unless `apply` is true.',
  access: ['API_READ', 'API_WRITE'],
  audit: ['api.created', 'api.updated'],
  body: z.strictObject({
    /** The document as an object, or as JSON or YAML text. */
    openapi: z.union([z.string(), z.record(z.string(), z.unknown())]),
    /** The API to update. Default: the API with this `identifier`, or a new API if none exists. */
    apiId: pathId.optional(),
    identifier: identifier.optional(),
    name: name.optional(),
    /** The text around permissions in operation descriptions, with `*` for the permissions, such as `Required API Permissions: *`. */
    permissionPattern: lines(200).optional(),
    /** With `permissionPattern`: derive permissions from tag and method where the pattern does not match. */
    fallback: z.literal('tags').optional(),
    apply: z.boolean().optional(),
  }),
  bodyBytesMax: 20 * 1024 * 1024,
  status: 200,
  response: z.object({
    apiId: z.string().nullable(),
    applied: z.boolean(),
    resources: z.array(z.object({ resource: z.string(), actions: z.array(action) })),
    permissions: z.array(z.string()),
    operations: z.array(operationOut),
    unmapped: z.array(operationKey),
    diff: z.object({
      added: diffPart,
      removed: diffPart,
      changed: z.array(
        z.object({
          method: z.string(),
          path: z.string(),
          before: z.array(z.string()),
          after: z.array(z.string()),
        }),
      ),
    }),
  }),
  errors: [
    'invalid_document',
    'not_found',
    'operator_only',
    'already_exists',
    'built_in_api',
    'precondition_failed',
  ],
})
