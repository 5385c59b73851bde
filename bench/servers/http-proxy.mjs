// http-proxy: adds a header and forwards requests to the given URL over persistent connections.
import { Agent, createServer } from 'node:http'
import httpProxy from 'http-proxy'
import { announce, makePairs } from '../harness/clients.mjs'
import { UPSTREAM_AUTHORIZATION } from '../proxying/payloads.mjs'
import { peerScenarios } from '../proxying/scenarios.mjs'

const proxy = httpProxy.createProxyServer({
  target: process.argv[2],
  // Without an agent, http-proxy opens a connection for every call.
  agent: new Agent({ keepAlive: true }),
  headers: { authorization: UPSTREAM_AUTHORIZATION },
})
proxy.on('error', (_error, _request, response) => response.destroy())
const server = createServer((request, response) => proxy.web(request, response))
server.listen(0, '127.0.0.1', () => {
  announce({ port: server.address().port, scenarios: peerScenarios(makePairs()) })
})
process.once('SIGTERM', () => process.exit(0))
