const versions = new WeakMap<object, number>()

/**
 * Returns the version of a resource that the client returned. Pass it as the option `version` of a change: if
 * the resource has changed, the change is rejected with `precondition_failed`. Undefined for resources without
 * a version, such as items of a list.
 *
 * @example
 * const credential = await keyporter.credentials.get({ id })
 * await keyporter.credentials.update({ id, name }, { version: versionOf(credential) })
 */
export function versionOf(resource: object): number | undefined {
  return versions.get(resource)
}

/** Stores the version from the ETag of a response. */
export function storeVersion(resource: unknown, etag: string | null): void {
  const version = /^"(\d{1,15})"$/.exec(etag ?? '')?.[1]
  if (version === undefined || typeof resource !== 'object' || resource === null) return
  versions.set(resource, Number(version))
}
