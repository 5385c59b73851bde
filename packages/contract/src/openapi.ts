import type * as z from 'zod'
import { type ErrorCode, errorCodes, statusesOf } from './errors.ts'
import { oauthPaths, oauthSchemas } from './oauth.ts'
import { createSchemaConverter, type SchemaConverter } from './openapi-schemas.ts'
import type { JsonObject, OpenApiDocument, OpenApiOperation, OpenApiPath } from './openapi-types.ts'
import { acceptsIdempotencyKey, type Route } from './route.ts'
import { errorsOf } from './route-errors.ts'
import { routeList } from './routes.ts'

/** Options of {@link buildOpenApi}. */
export type OpenApiOptions = {
  /** The public URL of the server, without a trailing slash. */
  readonly serverUrl: string
  /** Version of Keyporter. Default: `1`, the API version of the paths. */
  readonly version?: string
}

/** The OpenAPI extension that lists every permission that an operation requires. */
const PERMISSION_FIELD = 'x-keyporter-permission'

const tagDescriptions: Readonly<Record<string, string>> = {
  organizations: 'Tenants with their features and policies.',
  members: 'People of an organization and their privileges.',
  sessions: 'Setup, sign-in and the permissions of the caller.',
  apis: 'Protected APIs and their permission tables.',
  credentials: 'Credentials issued to clients of the APIs.',
  verification: 'Verification of credentials and tokens.',
  'audit-events': 'Every change, in one hash chain per organization.',
  'encryption-keys': 'The keys that encrypt stored secrets.',
  'signing-keys': 'The keys that sign access tokens.',
  integrations: 'Third-party APIs, with base URL and authentication type.',
  connections: 'Stored credentials for an integration, per organization or shared.',
  calls: 'Signed and test requests to third-party APIs.',
  oauth: 'OAuth 2.0 endpoints for access tokens.',
}

/**
 * Returns the OpenAPI 3.1 document of the HTTP API, generated from the routes. `x-keyporter-permission`
 * lists the permissions of an operation, `x-keyporter-codes` the error codes of a response, and
 * `x-keyporter-secret` marks secret fields. Every call regenerates the document, so cache the result.
 *
 * @see OpenAPI 3.1.1
 * @example buildOpenApi({ serverUrl: 'https://keys.example.com' }).paths['/v1/credentials']?.get
 */
export function buildOpenApi({ serverUrl, version = '1' }: OpenApiOptions): OpenApiDocument {
  const schemas = createSchemaConverter()
  const paths = { ...buildPaths(schemas), ...oauthPaths }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Keyporter',
      version,
      description:
        'Issue, verify and revoke API credentials, and store third-party credentials. Management routes use camelCase JSON and return errors as problem documents (RFC 9457). The OAuth endpoints follow their RFCs.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    tags: Object.entries(tagDescriptions).map(([name, description]) => ({ name, description })),
    security: [{ bearer: [] }, { basic: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem, ...oauthSchemas, ...schemas.components() },
      parameters,
      headers,
      securitySchemes,
    },
  }
}

function buildPaths(schemas: SchemaConverter): Record<string, OpenApiPath> {
  const paths: Record<string, Record<string, OpenApiOperation>> = {}
  for (const route of routeList) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: buildOperation(schemas, route) }
  }
  return paths
}

function buildOperation(schemas: SchemaConverter, route: Route): OpenApiOperation {
  const { operationId, tag, summary, access, feature } = route
  const ownParameters = buildParameters(schemas, route)
  return {
    operationId,
    summary,
    tags: [tag],
    ...(access === 'public' ? { security: [] } : {}),
    ...(Array.isArray(access) ? { [PERMISSION_FIELD]: access } : {}),
    ...(feature === undefined ? {} : { 'x-keyporter-feature': feature }),
    ...(ownParameters.length === 0 ? {} : { parameters: ownParameters }),
    ...(route.body === undefined ? {} : { requestBody: buildRequestBody(schemas, route.body) }),
    responses: {
      ...buildSuccessResponses(schemas, route),
      ...buildErrorResponses(errorsOf(route)),
    },
  }
}

function buildRequestBody(schemas: SchemaConverter, body: z.ZodObject): JsonObject {
  const schema = schemas.convert(body, 'input')
  const required = Array.isArray(schema['required']) && schema['required'].length > 0
  return { required, content: { 'application/json': { schema } } }
}

function buildParameters(schemas: SchemaConverter, route: Route): readonly JsonObject[] {
  const isPublic = route.access === 'public'
  return [
    ...buildParametersOf(schemas, 'path', route.params),
    ...buildParametersOf(schemas, 'query', route.query),
    ...(route.organization === false || isPublic ? [] : [parameterRef('organizationId')]),
    ...(acceptsIdempotencyKey(route) ? [parameterRef('idempotencyKey')] : []),
    ...(route.errors.includes('precondition_failed') ? [parameterRef('ifMatch')] : []),
  ]
}

function buildParametersOf(
  schemas: SchemaConverter,
  location: 'path' | 'query',
  object: z.ZodObject | undefined,
): readonly JsonObject[] {
  if (object === undefined) return []
  const shape: Record<string, z.ZodType> = object.shape
  return Object.entries(shape).map(([name, part]) => ({
    name,
    in: location,
    required: !part.safeParse(undefined).success,
    schema: schemas.convert(part, 'input'),
  }))
}

function buildSuccessResponses(schemas: SchemaConverter, route: Route): JsonObject {
  const requestIdHeader = { 'X-Request-Id': headerRef('X-Request-Id') }
  if (route.status === 204)
    return { '204': { description: 'No content.', headers: requestIdHeader } }
  const others = (route.alsoProduces ?? []).map((type) => [type, { schema: { type: 'string' } }])
  const success = (status: number): JsonObject => ({
    [String(status)]: {
      description: status === 201 ? 'Created.' : 'OK.',
      headers: {
        ...requestIdHeader,
        ...(acceptsIdempotencyKey(route)
          ? { 'Idempotent-Replayed': headerRef('Idempotent-Replayed') }
          : {}),
        ...(route.params === undefined ? {} : { ETag: headerRef('ETag') }),
      },
      content: {
        'application/json': { schema: schemas.convert(route.response, 'output') },
        ...Object.fromEntries(others),
      },
    },
  })
  return {
    ...success(route.status),
    ...(route.createdStatus === undefined ? {} : success(route.createdStatus)),
  }
}

/** Error codes with the same status share one response, which lists them in `x-keyporter-codes`. */
function buildErrorResponses(codes: readonly ErrorCode[]): JsonObject {
  const responses = codes.flatMap((code) => statusesOf(code).map((status) => ({ status, code })))
  const byStatus = Map.groupBy(responses, ({ status }) => status)
  const statuses = [...byStatus].sort(([a], [b]) => a - b)
  return Object.fromEntries(
    statuses.map(([status, group]) => [
      String(status),
      {
        description: group.map(({ code }) => `${errorCodes[code].title} (\`${code}\`)`).join(' · '),
        'x-keyporter-codes': group.map(({ code }) => code),
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    ]),
  )
}

const Problem: JsonObject = {
  type: 'object',
  description: 'A problem document (RFC 9457). docs/errors.md explains every code.',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'The problem of this request, and the remedy.' },
    instance: { type: 'string', description: 'The request ID, as in X-Request-Id.' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string', description: 'JSON pointer to the field (RFC 6901).' },
          code: { type: 'string' },
          detail: { type: 'string' },
        },
        required: ['pointer', 'code', 'detail'],
      },
    },
    requiredPermissions: { type: 'array', items: { type: 'string' } },
    retryAfterSeconds: { type: 'integer' },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
}

const parameters: JsonObject = {
  organizationId: {
    name: 'organizationId',
    in: 'query',
    required: false,
    description:
      'The organization to act in. Only for callers of the operator with ORGANIZATION_WRITE. Also accepted in the body.',
    schema: { type: 'string' },
  },
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'Executes the request only once. The same key within 24 hours returns the first response again, with null for secrets.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  ifMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The expected ETag. 412 if the resource has changed.',
    schema: { type: 'string' },
  },
}

const headers: JsonObject = {
  'X-Request-Id': {
    description: 'Identifies this request in logs, audit events and problem documents.',
    schema: { type: 'string' },
  },
  ETag: { description: 'The version of the resource, for If-Match.', schema: { type: 'string' } },
  'Idempotent-Replayed': {
    description: 'Present if this is the response to an earlier request with the same key.',
    schema: { type: 'string', const: 'true' },
  },
}

const securitySchemes: JsonObject = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token or a client secret.',
  },
  basic: { type: 'http', scheme: 'basic', description: 'Client ID and client secret.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-keyporter',
    description: 'A console session of a member. Over plain HTTP the cookie is named keyporter.',
  },
}

function parameterRef(name: string): JsonObject {
  return { $ref: `#/components/parameters/${name}` }
}

function headerRef(name: string): JsonObject {
  return { $ref: `#/components/headers/${name}` }
}
