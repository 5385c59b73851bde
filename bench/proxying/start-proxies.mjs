// Starts all proxies in front of the upstream.
import { startPeer } from '../harness/peer-server.mjs'
import { makeTemporaryDirectory } from '../harness/temporary-directory.mjs'
import { startAsProxy } from '../keyporter/start-as-proxy.mjs'
import { nginxVersion, startNginx } from './start-nginx.mjs'

/** @param {string} origin of the upstream */
export async function startProxies(origin) {
  return {
    Keyporter: await startAsProxy(makeTemporaryDirectory(), origin),
    'http-proxy': await startPeer('http-proxy', [origin]),
    '@fastify/reply-from': await startPeer('reply-from', [origin]),
    bare: await startPeer('bare-proxy', [origin]),
    ...(nginxVersion() === undefined ? {} : { nginx: await startNginx(origin) }),
  }
}
