/** Authorization server metadata (RFC 8414). */

const CLIENT_AUTHENTICATION_METHODS = ['client_secret_basic', 'client_secret_post'] as const

/** A client authentication method, by its IANA name. */
export type ClientAuthenticationMethod = (typeof CLIENT_AUTHENTICATION_METHODS)[number]

/**
 * The metadata document. Includes every member for which RFC 8414 §2 defines a default, because this
 * server differs from the defaults.
 *
 * @see RFC 8414 §2
 */
export type ServerMetadata = {
  readonly issuer: string
  readonly token_endpoint: string
  readonly jwks_uri: string
  readonly introspection_endpoint: string
  readonly revocation_endpoint: string
  readonly grant_types_supported: readonly string[]
  readonly response_types_supported: readonly string[]
  readonly token_endpoint_auth_methods_supported: readonly ClientAuthenticationMethod[]
  readonly introspection_endpoint_auth_methods_supported: readonly ClientAuthenticationMethod[]
  readonly revocation_endpoint_auth_methods_supported: readonly ClientAuthenticationMethod[]
  readonly scopes_supported?: readonly string[]
  readonly service_documentation?: string
}

/**
 * Returns the path of the metadata of an issuer: the well-known prefix, and the path of the issuer
 * without a trailing slash.
 *
 * @throws {TypeError} when the issuer is not a URL
 * @see RFC 8414 §3, §3.1
 * @example metadataPath('https://h/t1') // '/.well-known/oauth-authorization-server/t1'
 */
export function metadataPath(issuer: string): string {
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  return `/.well-known/oauth-authorization-server${path}`
}

/**
 * Returns the metadata document of an issuer. Uses the issuer unchanged; all endpoints are below it.
 *
 * @see RFC 8414 §2
 */
export function buildMetadata(input: {
  readonly issuer: string
  readonly scopesSupported?: readonly string[]
  readonly serviceDocumentation?: string
}): ServerMetadata {
  const { issuer, scopesSupported, serviceDocumentation } = input
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
  return {
    issuer,
    token_endpoint: `${base}/oauth/token`,
    jwks_uri: `${base}/.well-known/jwks.json`,
    introspection_endpoint: `${base}/oauth/introspect`,
    revocation_endpoint: `${base}/oauth/revoke`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION_METHODS,
    introspection_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION_METHODS,
    revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION_METHODS,
    ...(scopesSupported === undefined ? {} : { scopes_supported: scopesSupported }),
    ...(serviceDocumentation === undefined ? {} : { service_documentation: serviceDocumentation }),
  }
}
