import type { JsonObject, OpenApiPath } from './openapi-types.ts'

/**
 * The OAuth endpoints as OpenAPI describes them. They speak the RFCs' own snake_case and errors, and are
 * served without schemas, so they are data of their own rather than routes.
 */

const text: JsonObject = { type: 'string' }
const texts: JsonObject = { type: 'array', items: text }
const seconds: JsonObject = { type: 'integer', description: 'Seconds since 1970 UTC.' }
const noStore: JsonObject = {
  'Cache-Control': { schema: { type: 'string', const: 'no-store' } },
}

const meanings: Readonly<Record<string, string>> = {
  '400': 'The request is not right.',
  '401': 'Client authentication failed: unknown, wrong, revoked and expired are not told apart.',
  '413': 'The body is too large.',
  '429': 'Too many failed attempts. Retry-After says when to come back.',
  '503': 'Not now. Retry-After says when to come back.',
}

/** Schemas of the OAuth endpoints, by component name. */
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
      expires_in: { type: 'integer', description: 'Seconds, 3600 at most.' },
      scope: text,
    },
    required: ['access_token', 'token_type', 'expires_in', 'scope'],
  },
  Introspection: {
    type: 'object',
    description:
      'RFC 7662 §2.2. A token that is not active, or not yours to see, has `active` alone.',
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
    description: 'RFC 7517 §5. Public halves alone.',
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
  client_id: { type: 'string', description: 'Unless the client authenticates by Basic.' },
  client_secret: { type: 'string', writeOnly: true, 'x-keyporter-secret': true },
}

const tokenInBody: JsonObject = {
  token: { type: 'string', writeOnly: true, 'x-keyporter-secret': true },
  token_type_hint: text,
  ...clientInBody,
}

/** Security of the OAuth endpoints: the client's own, in the header or in the body. */
const clientSecurity: readonly JsonObject[] = [{ basic: [] }, {}]

/** The OAuth endpoints, by path. */
export const oauthPaths: { readonly [path: string]: OpenApiPath } = {
  '/oauth/token': {
    post: {
      operationId: 'issueToken',
      tags: ['oauth'],
      summary: 'Get an access token for a credential (RFC 6749 §4.4).',
      security: clientSecurity,
      requestBody: formOf(
        {
          grant_type: { type: 'string', const: 'client_credentials' },
          scope: { type: 'string', description: 'Everything granted, unless given (§3.3).' },
          resource: { type: 'string', format: 'uri', description: 'RFC 8707.' },
          ...clientInBody,
        },
        ['grant_type'],
      ),
      responses: {
        '200': jsonOf('A token.', 'TokenResponse', noStore),
        ...oauthErrors(['400', '401', '413', '429', '503']),
      },
    },
  },
  '/oauth/introspect': {
    post: {
      operationId: 'introspectToken',
      tags: ['oauth'],
      summary: 'Ask whether a token is active, and what it may do (RFC 7662).',
      security: clientSecurity,
      requestBody: formOf(tokenInBody, ['token']),
      responses: {
        '200': jsonOf('What there is to say about the token.', 'Introspection', noStore),
        ...oauthErrors(['400', '401', '413', '429', '503']),
      },
    },
  },
  '/oauth/revoke': {
    post: {
      operationId: 'revokeToken',
      tags: ['oauth'],
      summary: 'Revoke one of the client’s own tokens (RFC 7009).',
      security: clientSecurity,
      requestBody: formOf(tokenInBody, ['token']),
      responses: {
        '200': { description: 'Revoked, or there was nothing to revoke.', headers: noStore },
        ...oauthErrors(['400', '401', '413', '429', '503']),
      },
    },
  },
  '/.well-known/oauth-authorization-server': {
    get: {
      operationId: 'getServerMetadata',
      tags: ['oauth'],
      summary: 'What this authorization server is and can (RFC 8414).',
      security: [],
      responses: { '200': jsonOf('The metadata.', 'ServerMetadata') },
    },
  },
  '/.well-known/jwks.json': {
    get: {
      operationId: 'getJwkSet',
      tags: ['oauth'],
      summary: 'The public keys with which access tokens are verified (RFC 7517).',
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
      jsonOf(meanings[status] ?? 'An error.', 'OAuthError', noStore),
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
