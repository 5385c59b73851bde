import type { StoredConnection, StoredIntegration } from '../integrations/index.ts'

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
