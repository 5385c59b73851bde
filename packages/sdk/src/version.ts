const versions = new WeakMap<object, number>()

/**
 * The version of something that the client got: give it back as the option `version` of a change, and the
 * change is refused with `precondition_failed` if someone else made one in between. Undefined where the
 * answer had none, as the items of a list have not.
 *
 * @example
 * const credential = await keyporter.credentials.get({ id })
 * await keyporter.credentials.update({ id, name }, { version: versionOf(credential) })
 */
export function versionOf(answer: object): number | undefined {
  return versions.get(answer)
}

/** Remembers the version that an answer's ETag names. */
export function rememberVersion(answer: unknown, etag: string | null): void {
  const version = /^"(\d{1,15})"$/.exec(etag ?? '')?.[1]
  if (version === undefined || typeof answer !== 'object' || answer === null) return
  versions.set(answer, Number(version))
}
