import type { Auth, Environment, Header, TokenAuth } from '@keyporter/protocol'
import type { StoredConnection, StoredIntegration } from '../integrations/index.ts'

/** Everything that a call needs: the resolved connection, decrypted, with its integration. */
export type ResolvedConnection = {
  readonly integrationId: string
  readonly integrationName: string
  /** The organization that owns the integration. */
  readonly integrationOrganizationId: string
  readonly environment: Environment
  /** `URL.origin` of the base URL. */
  readonly origin: string
  /** The path of the base URL without a trailing slash; empty for none. */
  readonly basePath: string
  /** A complete media type. */
  readonly contentType: string
  /** The headers of the integration. The headers of the caller override them. */
  readonly integrationHeaders: readonly Header[]
  /** The headers of the connection. They override the headers of the caller. */
  readonly connectionHeaders: readonly Header[]
  /** The values of the secret headers of the integration and of the connection. */
  readonly secretHeaderValues: readonly string[]
  /** Null if the authentication type is `none` and no connection exists. */
  readonly connectionId: string | null
  /** The status stored by the last check or call; null if no connection exists. */
  readonly status: 'untested' | 'working' | 'needs_attention' | null
  /** The organization of the encryption key. */
  readonly organizationId: string
  /**
   * Changes with every change of the secrets or of the integration, which invalidates data
   * derived from them.
   */
  readonly version: string
  readonly auth: Auth | TokenAuth
}

/**
 * Returns the version of a resolved connection, from the versions of the integration and of the
 * secrets.
 */
export function versionOf(
  { version }: Pick<StoredIntegration, 'version'>,
  connection: Pick<StoredConnection, 'secretsVersion'> | undefined,
): string {
  return `${version}.${connection?.secretsVersion ?? 0}`
}

/** Returns the version of the secrets from the version of a resolved connection. */
export function secretsVersionOf(version: string): number {
  return Number(version.split('.')[1])
}
