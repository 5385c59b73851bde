import type * as z from 'zod'
import { type ErrorCode, errorCodes, statusesOf } from './errors.ts'
import { oauthPaths, oauthSchemas } from './oauth.ts'
import { createSchemaWriter, type SchemaWriter } from './openapi-schemas.ts'
import type { JsonObject, OpenApiDocument, OpenApiOperation, OpenApiPath } from './openapi-types.ts'
import { isRepeatable, type Route } from './route.ts'
import { errorsOf } from './route-errors.ts'
import { routeList } from './routes.ts'

/** What a document says beside the routes. */
export type OpenApiOptions = {
  /** Where the server is reached, without a slash at its end. */
  readonly serverUrl: string
  /** Version of the product; the API's own is the 1 of its paths. */
  readonly version?: string
}

/** The OpenAPI extension that names the permissions which an operation needs, all of them. */
const PERMISSION_FIELD = 'x-keyporter-permission'

const tagDescriptions: Readonly<Record<string, string>> = {
  organizations: 'Tenants, their features and policies.',
  members: 'People and their privileges.',
  sessions: 'Set-up, sign-in and what the caller may do.',
  apis: 'What is protected: apis and their permission tables.',
  credentials: 'Credentials that are issued to those who call the apis.',
  verification: 'Is this credential good for this?',
  'audit-events': 'Everything that changed, in one hash chain per organization.',
  'sealing-keys': 'The keys under which stored secrets are sealed.',
  'signing-keys': 'The keys with which access tokens are signed.',
  integrations: 'The APIs of third parties that are called, and how they are signed in to.',
  connections: 'The values with which an integration is called, per organization or shared.',
  calls: 'Requests to third parties: signed, and tested.',
  oauth: 'Access tokens for credentials, by the RFCs.',
}

/**
 * The OpenAPI 3.1 document of the HTTP API, written from the routes: what they take and answer, who may
 * call them (`x-keyporter-permission`), and every error. Fields that hold a secret carry
 * `x-keyporter-secret`. Computed anew at each call: keep it.
 *
 * @see OpenAPI 3.1.1
 * @example buildOpenApi({ serverUrl: 'https://keys.example.com' }).paths['/v1/credentials']?.get
 */
export function buildOpenApi({ serverUrl, version = '1' }: OpenApiOptions): OpenApiDocument {
  const schemas = createSchemaWriter()
  const paths = { ...writePaths(schemas), ...oauthPaths }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Keyporter',
      version,
      description:
        'Issue, check and revoke API credentials. Management routes speak camelCase JSON and answer errors as problem documents (RFC 9457); the OAuth endpoints speak as their RFCs say.',
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

function writePaths(schemas: SchemaWriter): Record<string, OpenApiPath> {
  const paths: Record<string, Record<string, OpenApiOperation>> = {}
  for (const route of routeList) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: writeOperation(schemas, route) }
  }
  return paths
}

function writeOperation(schemas: SchemaWriter, route: Route): OpenApiOperation {
  const { operationId, tag, summary, access, feature } = route
  const asked = writeParameters(schemas, route)
  return {
    operationId,
    summary,
    tags: [tag],
    ...(access === 'public' ? { security: [] } : {}),
    ...(Array.isArray(access) ? { [PERMISSION_FIELD]: access } : {}),
    ...(feature === undefined ? {} : { 'x-keyporter-feature': feature }),
    ...(asked.length === 0 ? {} : { parameters: asked }),
    ...(route.body === undefined ? {} : { requestBody: writeBody(schemas, route.body) }),
    responses: { ...writeSuccess(schemas, route), ...writeErrors(errorsOf(route)) },
  }
}

function writeBody(schemas: SchemaWriter, body: z.ZodObject): JsonObject {
  const schema = schemas.write(body, 'input')
  const required = Array.isArray(schema['required']) && schema['required'].length > 0
  return { required, content: { 'application/json': { schema } } }
}

function writeParameters(schemas: SchemaWriter, route: Route): readonly JsonObject[] {
  const isPublic = route.access === 'public'
  return [
    ...writeObject(schemas, 'path', route.params),
    ...writeObject(schemas, 'query', route.query),
    ...(route.organization === false || isPublic ? [] : [parameterRef('organizationId')]),
    ...(isRepeatable(route) && !isPublic ? [parameterRef('idempotencyKey')] : []),
    ...(route.errors.includes('precondition_failed') ? [parameterRef('ifMatch')] : []),
  ]
}

function writeObject(
  schemas: SchemaWriter,
  place: 'path' | 'query',
  object: z.ZodObject | undefined,
): readonly JsonObject[] {
  if (object === undefined) return []
  const shape: Record<string, z.ZodType> = object.shape
  return Object.entries(shape).map(([name, part]) => ({
    name,
    in: place,
    required: !part.safeParse(undefined).success,
    schema: schemas.write(part, 'input'),
  }))
}

function writeSuccess(schemas: SchemaWriter, route: Route): JsonObject {
  const answered = { 'X-Request-Id': headerRef('X-Request-Id') }
  if (route.status === 204) return { '204': { description: 'Done.', headers: answered } }
  const others = (route.alsoProduces ?? []).map((type) => [type, { schema: { type: 'string' } }])
  const success = (status: number): JsonObject => ({
    [String(status)]: {
      description: status === 201 ? 'Created.' : 'The answer.',
      headers: {
        ...answered,
        ...(isRepeatable(route) && route.access !== 'public'
          ? { 'Idempotent-Replayed': headerRef('Idempotent-Replayed') }
          : {}),
        ...(route.params === undefined ? {} : { ETag: headerRef('ETag') }),
      },
      content: {
        'application/json': { schema: schemas.write(route.response, 'output') },
        ...Object.fromEntries(others),
      },
    },
  })
  return {
    ...success(route.status),
    ...(route.createdStatus === undefined ? {} : success(route.createdStatus)),
  }
}

/** Codes of one status share a response, which lists them as `x-keyporter-codes`. */
function writeErrors(codes: readonly ErrorCode[]): JsonObject {
  const answers = codes.flatMap((code) => statusesOf(code).map((status) => ({ status, code })))
  const byStatus = Map.groupBy(answers, ({ status }) => status)
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
  description: 'An error (RFC 9457). Every code is explained in docs/errors.md.',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong in this case, and what helps.' },
    instance: { type: 'string', description: 'The request id, as in X-Request-Id.' },
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
      'The organization within which to act: for the operator’s callers with ORGANIZATION_WRITE. Also accepted in a body.',
    schema: { type: 'string' },
  },
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'Makes the request happen once: the same key within 24 hours gives the first answer again, with null for a secret.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  ifMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The ETag that was seen: 412 if it was changed in the meantime.',
    schema: { type: 'string' },
  },
}

const headers: JsonObject = {
  'X-Request-Id': {
    description: 'Names this request in logs, audit and problems.',
    schema: { type: 'string' },
  },
  ETag: { description: 'The version, for If-Match.', schema: { type: 'string' } },
  'Idempotent-Replayed': {
    description: 'There when this is the answer of an earlier request with the same key.',
    schema: { type: 'string', const: 'true' },
  },
}

const securitySchemes: JsonObject = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token, or a client secret directly.',
  },
  basic: { type: 'http', scheme: 'basic', description: 'Client ID and client secret.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-keyporter',
    description: 'A member’s console session. Over plain http the cookie is called keyporter.',
  },
}

function parameterRef(name: string): JsonObject {
  return { $ref: `#/components/parameters/${name}` }
}

function headerRef(name: string): JsonObject {
  return { $ref: `#/components/headers/${name}` }
}
