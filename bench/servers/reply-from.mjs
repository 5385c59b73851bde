// @fastify/reply-from: adds a header and forwards requests to the given URL.
import replyFrom from '@fastify/reply-from'
import fastify from 'fastify'
import { announce, makePairs } from '../harness/clients.mjs'
import { STREAM_BYTES, UPSTREAM_AUTHORIZATION } from '../proxying/payloads.mjs'
import { peerScenarios } from '../proxying/scenarios.mjs'

const app = fastify({ logger: false, bodyLimit: STREAM_BYTES })
app.removeAllContentTypeParsers()
// Bodies are streamed.
app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
app.register(replyFrom, { base: process.argv[2] })
const options = {
  rewriteRequestHeaders: (_request, headers) => ({
    ...headers,
    authorization: UPSTREAM_AUTHORIZATION,
  }),
}
app.all('/*', (request, reply) => reply.from(request.raw.url, options))
await app.listen({ host: '127.0.0.1', port: 0 })
announce({ port: app.server.address().port, scenarios: peerScenarios(makePairs()) })
process.once('SIGTERM', () => process.exit(0))
