import { useEffect, useState } from 'react'

/**
 * Returns the one-time code from the URL fragment. Browsers do not send fragments to servers. The
 * hook removes the fragment from the address bar, so that the code is not kept in the history.
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
