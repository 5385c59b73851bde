// The minimum of a proxy on Node: a Fastify route and undici's dispatch, headers unchanged except the added one. No
// authentication, no lookup, no redaction of responses.
import fastify from 'fastify'
import { Pool } from 'undici'
import { announce, makePairs } from '../harness/clients.mjs'
import { UPSTREAM_AUTHORIZATION } from '../proxying/payloads.mjs'
import { peerScenarios } from '../proxying/scenarios.mjs'

const REPLACED = new Set(['authorization', 'connection', 'host'])
const pool = new Pool(process.argv[2], { connections: 128, pipelining: 1 })
const app = fastify({ logger: false })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', (_request, _payload, done) => done(null))
app.all('/*', (request, reply) => {
  reply.hijack()
  pass(request.raw, reply.raw)
})
await app.listen({ host: '127.0.0.1', port: 0 })
announce({ port: app.server.address().port, scenarios: peerScenarios(makePairs()) })
process.once('SIGTERM', () => process.exit(0))

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
function pass(request, response) {
  const options = {
    method: request.method,
    path: request.url,
    headers: headersOf(request.rawHeaders),
    body: request.method === 'GET' ? null : request,
  }
  pool.dispatch(options, {
    onRequestStart: () => undefined,
    onResponseStart: (controller, status) => {
      response.writeHead(status, controller.rawHeaders.map(String))
      response.on('drain', () => controller.resume())
    },
    onResponseData: (controller, chunk) => {
      if (!response.write(chunk)) controller.pause()
    },
    onResponseEnd: () => void response.end(),
    onResponseError: (_controller, error) => void response.destroy(error),
  })
}

/** @param {readonly string[]} raw names and values, alternating */
function headersOf(raw) {
  const headers = ['authorization', UPSTREAM_AUTHORIZATION]
  for (let index = 0; index < raw.length; index += 2)
    if (!REPLACED.has(raw[index].toLowerCase())) headers.push(raw[index], raw[index + 1])
  return headers
}
