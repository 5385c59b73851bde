/** Returns whether the page is transferred unencrypted over the network. */
export function isPlainHttp(): boolean {
  const { protocol, hostname } = window.location
  return protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
