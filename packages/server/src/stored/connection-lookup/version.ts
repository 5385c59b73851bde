import type { StoredConnection, StoredIntegration } from '../integrations/index.ts'

/**
 * Returns the version of a resolved connection, from the versions of the integration and of the
 * secrets.
 */
export function makeStamp(
  { version }: Pick<StoredIntegration, 'version'>,
  connection: Pick<StoredConnection, 'secretsVersion'> | undefined,
): string {
  return `${version}.${connection?.secretsVersion ?? 0}`
}

/** Returns the version of the secrets from the version of a resolved connection. */
export function secretsVersionOf(stamp: string): number {
  return Number(stamp.split('.')[1])
}
