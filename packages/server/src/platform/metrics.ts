/** Metrics for Prometheus. */
export type Metrics = {
  readonly countRequest: (request: {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly seconds: number
  }) => void
  /** Counts an issued token or the outcome of a verification. */
  readonly countUse: (outcome: string) => void
  /** Returns the response of `GET /metrics`. */
  readonly render: () => Promise<{ readonly type: string; readonly text: string }>
}

// In seconds. Cached responses take less than a millisecond; a page of a list takes a few.
const DURATION_BUCKETS = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/**
 * Creates the metrics, with names of the OpenTelemetry conventions. Loads the library only when
 * metrics are enabled.
 */
export async function createMetrics(): Promise<Metrics> {
  const { default: prometheus } = await import('@prometheus-io/client')
  const registry = new prometheus.Registry()
  prometheus.collectDefaultMetrics({ register: registry })
  const duration = new prometheus.Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP requests.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  })
  const uses = new prometheus.Counter({
    name: 'keyporter_credential_uses_total',
    help: 'Uses of credentials: tokens issued, and verifications by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  return {
    countRequest: ({ method, route, status, seconds }) =>
      duration.labels(method, route, String(status)).observe(seconds),
    countUse: (outcome) => uses.labels(outcome).inc(),
    render: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}
