import type { FastifyInstance } from 'fastify'

/** Dependencies of {@link mountHealth}. */
export type HealthDeps = {
  readonly isReady: () => boolean
  readonly openApi: () => object
  readonly publicUrl: string
}

// Some load balancers send HEAD.
const health = { exposeHeadRoute: true }

/** Mounts `GET /`, `GET /livez`, `GET /readyz` (public, so without details) and `GET /openapi.json`. */
export function mountHealth(app: FastifyInstance, deps: HealthDeps): void {
  const { isReady, openApi, publicUrl } = deps
  app.get('/', health, (request, reply) => {
    // The not-found handler sends browsers the console.
    if (request.headers.accept?.includes('text/html') === true) return reply.callNotFound()
    return reply.header('vary', 'accept').send({
      name: 'Keyporter',
      console: `${publicUrl}/`,
      openapi: `${publicUrl}/openapi.json`,
      documentation: 'docs/README.md in the Keyporter repository',
    })
  })
  app.get('/livez', health, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  )
  app.get('/readyz', health, (_request, reply) => {
    const ready = isReady()
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ok' : 'unavailable' })
  })
  let document: string | undefined
  app.get('/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(openApi())
    return reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'public, max-age=300')
      .send(document)
  })
}
