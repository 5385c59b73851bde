import type { Auth, Environment, Header } from '@keyporter/protocol'

/** A way of signing in that has to fetch its token first. */
export type TokenAuth =
  | {
      readonly kind: 'oauth2_client_credentials'
      readonly tokenUrl: string
      readonly clientId: string
      readonly clientSecret: string
      readonly scopes: readonly string[]
      readonly audience: string | undefined
      readonly resource: string | undefined
      readonly clientAuth: 'basic' | 'body'
      readonly extraParameters: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'oauth2_authorization_code'
      readonly authorizationUrl: string
      readonly tokenUrl: string
      readonly clientId: string
      readonly clientSecret: string
      readonly scopes: readonly string[]
      readonly clientAuth: 'basic' | 'body'
      readonly extraParameters: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'login_call'
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
