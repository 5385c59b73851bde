import { useEffect, useState } from 'react'

/**
 * The one-time code of a link: it stands behind the `#`, which browsers send to nobody, and leaves the address
 * bar at once, so that neither history nor a glance over a shoulder keeps it.
 */
export function useFragmentCode(): string {
  const [code] = useState(
    () => new URLSearchParams(window.location.hash.slice(1)).get('code') ?? '',
  )
  useEffect(() => {
    const { pathname, search, hash } = window.location
    if (hash !== '') window.history.replaceState(window.history.state, '', `${pathname}${search}`)
  }, [])
  return code
}
