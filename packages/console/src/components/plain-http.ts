/** Whether everything on this page, secrets included, goes over the network in the clear. */
export function isPlainHttp(): boolean {
  const { protocol, hostname } = window.location
  return protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
