import type { JsonObject, OpenApiPath } from './openapi-types.ts'

/**
 * The OAuth endpoints in the OpenAPI document. They are not routes, because they use the snake_case
 * fields and the error format of their RFCs, and the server does not validate them with schemas.
 */

const text: JsonObject = { type: 'string' }
const texts: JsonObject = { type: 'array', items: text }
const seconds: JsonObject = { type: 'integer', description: 'Seconds since 1970 UTC.' }
const noStore: JsonObject = {
  'Cache-Control': { schema: { type: 'string', const: 'no-store' } },
}

const errorDescriptions: Readonly<Record<string, string>> = {
  '400': 'Invalid request.',
  '401':
    'Client authentication failed. The response is the same for unknown, wrong, revoked and expired credentials.',
  '413': 'Request body too large.',
  '429': 'Too many failed attempts. Retry after the time in Retry-After.',
  '503': 'Temporarily unavailable. Retry after the time in Retry-After.',
}

/** Schemas of the OAuth endpoints, keyed by component name. */
export const oauthSchemas: JsonObject = {
  OAuthError: {
    type: 'object',
    description: 'RFC 6749 §5.2.',
    properties: {
      error: {
        type: 'string',
        enum: [
          'invalid_request',
          'invalid_client',
          'invalid_grant',
          'unauthorized_client',
          'unsupported_grant_type',
          'invalid_scope',
          'invalid_target',
          'unsupported_token_type',
          'temporarily_unavailable',
          'server_error',
        ],
      },
      error_description: text,
    },
    required: ['error'],
  },
  TokenResponse: {
    type: 'object',
    description: 'RFC 6749 §5.1. The access token is a JWT (RFC 9068).',
    properties: {
      access_token: { type: 'string', 'x-keyporter-secret': true },
      token_type: { type: 'string', const: 'Bearer' },
      expires_in: { type: 'integer', description: 'Lifetime in seconds, at most 3600.' },
      scope: text,
    },
    required: ['access_token', 'token_type', 'expires_in', 'scope'],
  },
  Introspection: {
    type: 'object',
    description:
      'RFC 7662 §2.2. Contains only `active` if the token is inactive or the caller cannot see it.',
    properties: {
      active: { type: 'boolean' },
      scope: text,
      client_id: text,
      sub: text,
      aud: text,
      iss: text,
      exp: seconds,
      iat: seconds,
      jti: text,
      token_type: { type: 'string', const: 'Bearer' },
    },
    required: ['active'],
  },
  ServerMetadata: {
    type: 'object',
    description: 'RFC 8414 §2.',
    properties: {
      issuer: text,
      token_endpoint: text,
      jwks_uri: text,
      introspection_endpoint: text,
      revocation_endpoint: text,
      grant_types_supported: texts,
      response_types_supported: texts,
      token_endpoint_auth_methods_supported: texts,
      introspection_endpoint_auth_methods_supported: texts,
      revocation_endpoint_auth_methods_supported: texts,
    },
    required: ['issuer', 'token_endpoint', 'jwks_uri', 'response_types_supported'],
  },
  JwkSet: {
    type: 'object',
    description: 'RFC 7517 §5. Contains public keys only.',
    properties: {
      keys: {
        type: 'array',
        items: {
          type: 'object',
          properties: { kty: text, kid: text, use: text, alg: text },
          required: ['kty', 'kid', 'use', 'alg'],
        },
      },
    },
    required: ['keys'],
  },
}

const clientInBody: JsonObject = {
  client_id: { type: 'string', description: 'Required without HTTP Basic authentication.' },
  client_secret: { type: 'string', writeOnly: true, 'x-keyporter-secret': true },
}

const tokenInBody: JsonObject = {
  token: { type: 'string', writeOnly: true, 'x-keyporter-secret': true },
  token_type_hint: text,
  ...clientInBody,
}

/** Client authentication of the OAuth endpoints: HTTP Basic, or credentials in the body. */
const clientSecurity: readonly JsonObject[] = [{ basic: [] }, {}]

/** The OAuth endpoints, keyed by path. */
export const oauthPaths: { readonly [path: string]: OpenApiPath } = {
  '/oauth/token': {
    post: {
      operationId: 'issueToken',
      tags: ['oauth'],
      summary: 'Issue an access token for a credential (RFC 6749 §4.4).',
      security: clientSecurity,
      requestBody: formOf(
        {
          grant_type: { type: 'string', const: 'client_credentials' },
          scope: {
            type: 'string',
            description: 'Default: every granted permission (RFC 6749 §3.3).',
          },
          resource: { type: 'string', format: 'uri', description: 'RFC 8707.' },
          ...clientInBody,
        },
        ['grant_type'],
      ),
      responses: {
        '200': jsonOf('The access token.', 'TokenResponse', noStore),
        ...oauthErrors(['400', '401', '413', '429', '503']),
      },
    },
  },
  '/oauth/introspect': {
    post: {
      operationId: 'introspectToken',
      tags: ['oauth'],
      summary: 'Return the state and the permissions of a token (RFC 7662).',
      security: clientSecurity,
      requestBody: formOf(tokenInBody, ['token']),
      responses: {
        '200': jsonOf('The state of the token.', 'Introspection', noStore),
        ...oauthErrors(['400', '401', '413', '429', '503']),
      },
    },
  },
  '/oauth/revoke': {
    post: {
      operationId: 'revokeToken',
      tags: ['oauth'],
      summary: 'Revoke a token of the client (RFC 7009).',
      security: clientSecurity,
      requestBody: formOf(tokenInBody, ['token']),
      responses: {
        '200': { description: 'Revoked, already revoked, or unknown.', headers: noStore },
        ...oauthErrors(['400', '401', '413', '429', '503']),
      },
    },
  },
  '/.well-known/oauth-authorization-server': {
    get: {
      operationId: 'getServerMetadata',
      tags: ['oauth'],
      summary: 'Get the authorization server metadata (RFC 8414).',
      security: [],
      responses: { '200': jsonOf('The metadata.', 'ServerMetadata') },
    },
  },
  '/.well-known/jwks.json': {
    get: {
      operationId: 'getJwkSet',
      tags: ['oauth'],
      summary: 'Get the public keys that verify access tokens (RFC 7517).',
      security: [],
      responses: {
        '200': {
          description: 'The keys.',
          content: { 'application/jwk-set+json': { schema: refTo('JwkSet') } },
        },
      },
    },
  },
}

function oauthErrors(statuses: readonly string[]): JsonObject {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      jsonOf(errorDescriptions[status] ?? 'An error.', 'OAuthError', noStore),
    ]),
  )
}

function formOf(properties: JsonObject, required: readonly string[]): JsonObject {
  const schema = { type: 'object', properties, required }
  return { required: true, content: { 'application/x-www-form-urlencoded': { schema } } }
}

function jsonOf(description: string, component: string, headers?: JsonObject): JsonObject {
  const content = { 'application/json': { schema: refTo(component) } }
  return { description, content, ...(headers === undefined ? {} : { headers }) }
}

function refTo(component: string): JsonObject {
  return { $ref: `#/components/schemas/${component}` }
}
