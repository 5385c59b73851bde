import type { Auth, Environment, Header, TokenAuthKind } from '@keyporter/protocol'

/** The values of each authentication type that needs a token. */
type TokenAuthValues = {
  readonly oauth2_client_credentials: OAuth2Values & {
    readonly audience: string | undefined
    readonly resource: string | undefined
  }
  readonly oauth2_authorization_code: OAuth2Values & { readonly authorizationUrl: string }
  readonly login_call: {
    readonly loginUrl: string
    readonly method: 'POST' | 'PUT' | 'GET'
    readonly bodyTemplate: string
    readonly contentType: 'json' | 'form'
    readonly username: string
    readonly password: string
    readonly tokenPointer: string
    readonly lifetimeSeconds: number | undefined
    readonly prefix: string
    readonly header: string
  }
}

type OAuth2Values = {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
  readonly clientAuth: 'basic' | 'body'
  readonly extraParameters: Readonly<Record<string, string>>
}

/** An authentication type that needs a token, with its values. */
export type TokenAuth = {
  [K in TokenAuthKind]: { readonly kind: K } & TokenAuthValues[K]
}[TokenAuthKind]

/** Everything that a call through an integration needs, found by the lookup order and opened. */
export type ResolvedConnection = {
  readonly integrationId: string
  readonly integrationName: string
  /** Who owns the integration. */
  readonly ownerId: string
  readonly environment: Environment
  /** `URL.origin` of the base URL. */
  readonly origin: string
  /** The path of the base URL, without a slash at its end; empty for none. */
  readonly basePath: string
  /** A media type in full. */
  readonly contentType: string
  /** The integration's, beneath those of the single call. */
  readonly integrationHeaders: readonly Header[]
  /** The connection's, above those of the single call. */
  readonly connectionHeaders: readonly Header[]
  /** The values of those headers, of either, that are secret. */
  readonly secretHeaderValues: readonly string[]
  /** Null where signing in needs no values, and nobody gave any. */
  readonly connectionId: string | null
  /** What the last test or call found; null where there is no connection. */
  readonly status: 'untested' | 'working' | 'needs_attention' | null
  /** Whose key seals it. */
  readonly organizationId: string
  /** Changes whenever the values or the integration do: what was made from them is stale then. */
  readonly stamp: string
  readonly auth: Auth | TokenAuth
}
