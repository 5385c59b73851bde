/**
 * The address that a page was asked to lead to, if it lies in this console; its first page otherwise: an
 * address that someone else wrote may lead anywhere. Whole, with its origin: a path alone may begin with two
 * slashes, and is then another host's.
 */
export function sameOriginUrl(next: string | undefined, origin: string): string {
  const home = `${origin}/`
  if (next === undefined || !URL.canParse(next, origin)) return home
  const url = new URL(next, origin)
  return url.origin === origin ? url.href : home
}
