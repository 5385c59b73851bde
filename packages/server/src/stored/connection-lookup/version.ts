import type { StoredConnection, StoredIntegration } from '../integrations/index.ts'

/** Names the state of an integration and of the values of a connection. */
export function makeStamp(
  { version }: Pick<StoredIntegration, 'version'>,
  connection: Pick<StoredConnection, 'sealedVersion'> | undefined,
): string {
  return `${version}.${connection?.sealedVersion ?? 0}`
}

/** The version of the values that a stamp was made for. */
export function sealedVersionOf(stamp: string): number {
  return Number(stamp.split('.')[1])
}
