import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { notFound } from '../kernel/authorize.ts'
import type { Metrics } from '../platform/metrics.ts'

/**
 * Mounts `GET /metrics`, behind a bearer token; without it the route does not exist. Requests are
 * labelled by route, never by what the path names.
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
    const presented = Buffer.from(request.headers.authorization ?? '')
    if (presented.length !== expected.length || !timingSafeEqual(presented, expected))
      throw notFound()
    const { type, text } = await metrics.render()
    return reply.header('content-type', type).header('cache-control', 'no-store').send(text)
  })
}
