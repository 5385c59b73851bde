const SLUG_MAX = 64

/**
 * Returns a slug for a display name: 2 to 64 lower-case letters, digits and hyphens, a letter first.
 * Returns `fallback` when the name has too few usable characters.
 */
export function toSlug(name: string, fallback: string): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
  const slug = truncateSlug(ascii, SLUG_MAX)
  return slug.length < 2 ? fallback : slug
}

/** Returns the slug with a suffix. Truncates the slug so that the result stays within the limit. */
export function withSuffix(slug: string, suffix: string): string {
  return `${truncateSlug(slug, SLUG_MAX - suffix.length - 1)}-${suffix}`
}

function truncateSlug(slug: string, lengthMax: number): string {
  return slug.slice(0, lengthMax).replace(/-+$/, '')
}
