import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { notFound } from '../kernel/authorize.ts'
import type { Metrics } from '../platform/metrics.ts'

/**
 * Mounts `GET /metrics`. Without the bearer token the route responds 404. Requests are labelled by route
 * pattern, never by path, to bound the number of time series.
 */
export function mountMetrics(app: FastifyInstance, metrics: Metrics, token: string): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.countRequest({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    })
    done()
  })
  const expected = Buffer.from(`Bearer ${token}`)
  app.get('/metrics', async (request, reply) => {
    const received = Buffer.from(request.headers.authorization ?? '')
    if (received.length !== expected.length || !timingSafeEqual(received, expected))
      throw notFound()
    const { type, text } = await metrics.render()
    return reply.header('content-type', type).header('cache-control', 'no-store').send(text)
  })
}
