import type { StoredConnection, StoredIntegration } from '../integrations/index.ts'

/**
 * Returns the version of a resolved connection, from the versions of the integration and of the
 * secrets.
 */
export function makeStamp(
  { version }: Pick<StoredIntegration, 'version'>,
  connection: Pick<StoredConnection, 'sealedVersion'> | undefined,
): string {
  return `${version}.${connection?.sealedVersion ?? 0}`
}

/** Returns the version of the secrets from the version of a resolved connection. */
export function sealedVersionOf(stamp: string): number {
  return Number(stamp.split('.')[1])
}
