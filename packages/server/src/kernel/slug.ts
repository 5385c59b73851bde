const SLUG_MAX = 64

/**
 * A slug made of a name for people: lower case letters, digits and hyphens, a letter first, 2 to 64;
 * `otherwise` where the name holds nothing that it could be made of.
 */
export function toSlug(name: string, otherwise: string): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
  const slug = truncateSlug(ascii, SLUG_MAX)
  return slug.length < 2 ? otherwise : slug
}

/** The slug with an ending that tells it apart, cut so that both fit. */
export function withSuffix(slug: string, ending: string): string {
  return `${truncateSlug(slug, SLUG_MAX - ending.length - 1)}-${ending}`
}

function truncateSlug(slug: string, lengthMax: number): string {
  return slug.slice(0, lengthMax).replace(/-+$/, '')
}
