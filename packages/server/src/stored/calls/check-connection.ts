import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { OutboundError } from '../../outbound/outbound.ts'
import {
  type ConnectionHealth,
  type ResolvedConnection,
  recordHealth,
} from '../connection-lookup/index.ts'
import type { CallDeps } from './call-deps.ts'
import { type CheckStep, checkStatus, describeFault, describeStep, round } from './check-steps.ts'
import { authenticateConnection, type PreparedCall, prepareCall } from './prepare-call.ts'
import { readPreview, redactHeaders } from './redacted-response.ts'
import { createRedactor } from './redactor.ts'

type Route = typeof routes.calls.test
type Report = Output<Route>

/** Short limits: a person waits for the result in the console. */
const LIMITS = { connectMs: 5_000, headMs: 10_000, idleMs: 5_000 }

/**
 * Makes one call with a connection, reports the result of each step, and stores the resulting
 * health of the connection. The report contains no secret. Only administrators run checks, so the
 * environments need not match.
 *
 * @throws {AppError} `not_found`, `connection_missing`, `invalid_request`
 */
export async function checkConnection(
  ctx: Context,
  { params, body }: Input<Route>,
  deps: CallDeps,
): Promise<Report> {
  const connection = await deps.lookup.requireConnection({
    ...ctx,
    integrationId: params.id,
    organizationId: body.organizationId,
    sameEnvironment: false,
  })
  const report = await runCheck(ctx, { connection, body }, deps)
  const health = healthOf(report, ctx.clock.now())
  await ctx.mutate(async (tx) => {
    if (health !== undefined) await recordHealth(tx, connection, health)
    return {
      result: undefined,
      audit: {
        action: 'connection.tested',
        target: auditTargetOf(connection),
        organizationId: connection.organizationId,
        ...(report.ok ? {} : { reason: failedStepOf(report)?.code ?? '' }),
      },
    }
  })
  return report
}

type CheckRequest = {
  readonly connection: ResolvedConnection
  readonly body: Input<Route>['body']
}

async function runCheck(
  ctx: Context,
  { connection, body }: CheckRequest,
  deps: CallDeps,
): Promise<Report> {
  const startedMs = performance.now()
  const authenticated = await authenticateOrReport(connection, deps)
  if ('code' in authenticated) return { ok: false, steps: [authenticated], response: null }
  const authenticationMs = round(performance.now() - startedMs)
  const { method } = body
  const prepared = prepareCall(
    authenticated,
    {
      method,
      pathAndQuery: body.path,
      headers: [],
      forcedHeaders: IDENTITY,
      body: { kind: 'none' },
    },
    deps.signingContext,
  )
  return send(ctx, { method, prepared, authenticationMs })
}

const IDENTITY = [{ name: 'Accept-Encoding', value: 'identity' }]

/** Returns the connection with its token, or the failed authentication step. */
async function authenticateOrReport(connection: ResolvedConnection, deps: CallDeps) {
  const startedMs = performance.now()
  try {
    return await authenticateConnection(connection, deps.tokens)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unavailable') throw error
    const { code, message: detail } = error
    const milliseconds = round(performance.now() - startedMs)
    return {
      step: 'authentication',
      ok: false,
      code: code === 'upstream_rejected' ? 'rejected' : code,
      detail,
      milliseconds,
    } as const
  }
}

type CheckCall = {
  readonly method: string
  readonly prepared: PreparedCall
  readonly authenticationMs: number
}

async function send(
  ctx: Context,
  { method, prepared, authenticationMs }: CheckCall,
): Promise<Report> {
  const { origin, target, headers, secrets } = prepared
  const { host } = new URL(origin)
  const steps: CheckStep[] = []
  const startedMs = performance.now()
  try {
    const response = await ctx.outbound.send({
      method,
      origin,
      target,
      headers: headers.map(({ name, value }) => [name, value] as const),
      body: null,
      limits: LIMITS,
      onStep: (step) => void steps.push(describeStep(step, host)),
    })
    const redactor = createRedactor(secrets)
    const location = response.headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
    const checked = checkStatus(
      { status: response.status, location, origin },
      performance.now() - startedMs,
    )
    return {
      ok: checked.authentication.ok && checked.status.ok,
      steps: [
        ...steps,
        { ...checked.authentication, milliseconds: authenticationMs },
        checked.status,
      ],
      response: {
        status: response.status,
        headers: redactHeaders(response.headers, redactor),
        preview: await readPreview(response, redactor),
      },
    }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    const failed = describeFault(steps, error, {
      isSecure: origin.startsWith('https:'),
      milliseconds: performance.now() - startedMs,
    })
    return { ok: false, steps: [...failed], response: null }
  }
}

/** Returns undefined if the check does not show whether the upstream accepts the credentials. */
function healthOf({ ok, steps }: Report, atMs: number): ConnectionHealth | undefined {
  const tested = { atMs, tested: true }
  if (ok) return { ...tested, status: 'working' }
  const isRejected = steps.some(
    ({ step, code }) => step === 'authentication' && code === 'rejected',
  )
  return isRejected ? { ...tested, status: 'needs_attention', statusReason: 'rejected' } : undefined
}

function failedStepOf({ steps }: Report): Report['steps'][number] | undefined {
  return steps.find(({ ok }) => !ok)
}

function auditTargetOf({ connectionId, integrationId, integrationName }: ResolvedConnection) {
  return connectionId === null
    ? { type: 'integration', id: integrationId, name: integrationName }
    : { type: 'connection', id: connectionId, name: integrationName }
}
