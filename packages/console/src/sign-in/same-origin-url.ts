/**
 * Returns the absolute URL of `next` if it has the console's origin, otherwise the URL of the
 * first page. Prevents open redirects. Absolute, because a path that begins with two slashes names
 * another host.
 */
export function sameOriginUrl(next: string | undefined, origin: string): string {
  const home = `${origin}/`
  if (next === undefined || !URL.canParse(next, origin)) return home
  const url = new URL(next, origin)
  return url.origin === origin ? url.href : home
}
