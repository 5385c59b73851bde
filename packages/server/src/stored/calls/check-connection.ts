import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { OutboundError } from '../../outbound/outbound.ts'
import { type Finding, noteFinding, type ResolvedConnection } from '../connection-lookup/index.ts'
import type { CallDeps } from './call-deps.ts'
import { describeStep, endWithFault, judgeStatus, round, type TestStep } from './check-steps.ts'
import { findConnection } from './find-connection.ts'
import { type PreparedCall, prepareCall, signIn } from './prepare-call.ts'
import { readPreview, showHeaders } from './redacted-response.ts'
import { createMasker } from './redactor.ts'

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
export async function testCall(
  ctx: Context,
  { params, body }: Input<Route>,
  deps: CallDeps,
): Promise<Report> {
  const connection = await findConnection(deps.lookup, {
    ...ctx,
    integrationId: params.id,
    organizationId: body.organizationId,
    sameEnvironment: false,
  })
  const report = await makeCall(ctx, { connection, body }, deps)
  const finding = findingOf(report, ctx.clock.now())
  await ctx.mutate(async (tx) => {
    if (finding !== undefined) await noteFinding(tx, connection, finding)
    return {
      result: undefined,
      audit: {
        action: 'connection.tested',
        target: targetOf(connection),
        organizationId: connection.organizationId,
        ...(report.ok ? {} : { reason: failureOf(report)?.code ?? '' }),
      },
    }
  })
  return report
}

type Asked = {
  readonly connection: ResolvedConnection
  readonly body: Input<Route>['body']
}

async function makeCall(
  ctx: Context,
  { connection, body }: Asked,
  deps: CallDeps,
): Promise<Report> {
  const startedMs = performance.now()
  const signedIn = await signInOrTell(connection, deps)
  if ('code' in signedIn) return { ok: false, steps: [signedIn], response: null }
  const signInMs = round(performance.now() - startedMs)
  const { method } = body
  const prepared = prepareCall(
    signedIn,
    { method, asked: body.path, headers: [], ours: IDENTITY, body: { kind: 'none' } },
    deps.tools,
  )
  return send(ctx, { method, prepared, signInMs })
}

const IDENTITY = [{ name: 'Accept-Encoding', value: 'identity' }]

/** Returns the connection with its token, or the failed authentication step. */
async function signInOrTell(connection: ResolvedConnection, deps: CallDeps) {
  const startedMs = performance.now()
  try {
    return await signIn(connection, deps.tokens)
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

type Sent = {
  readonly method: string
  readonly prepared: PreparedCall
  readonly signInMs: number
}

async function send(ctx: Context, { method, prepared, signInMs }: Sent): Promise<Report> {
  const { origin, target, headers, secrets } = prepared
  const { host } = new URL(origin)
  const made: TestStep[] = []
  const startedMs = performance.now()
  try {
    const answer = await ctx.outbound.send({
      method,
      origin,
      target,
      headers: headers.map(({ name, value }) => [name, value] as const),
      body: null,
      limits: LIMITS,
      onStep: (step) => void made.push(describeStep(step, host)),
    })
    const masker = createMasker(secrets)
    const location = answer.headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
    const judged = judgeStatus(
      { status: answer.status, location, origin },
      performance.now() - startedMs,
    )
    return {
      ok: judged.signIn.ok && judged.status.ok,
      steps: [...made, { ...judged.signIn, milliseconds: signInMs }, judged.status],
      response: {
        status: answer.status,
        headers: showHeaders(answer.headers, masker),
        preview: await readPreview(answer, masker),
      },
    }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    const steps = endWithFault(made, error, {
      isSecure: origin.startsWith('https:'),
      milliseconds: performance.now() - startedMs,
    })
    return { ok: false, steps: [...steps], response: null }
  }
}

/** Returns undefined if the check does not show whether the upstream accepts the credentials. */
function findingOf({ ok, steps }: Report, atMs: number): Finding | undefined {
  const tested = { atMs, tested: true }
  if (ok) return { ...tested, status: 'working' }
  const isRejected = steps.some(
    ({ step, code }) => step === 'authentication' && code === 'rejected',
  )
  return isRejected ? { ...tested, status: 'needs_attention', statusReason: 'rejected' } : undefined
}

function failureOf({ steps }: Report): Report['steps'][number] | undefined {
  return steps.find(({ ok }) => !ok)
}

function targetOf({ connectionId, integrationId, integrationName }: ResolvedConnection) {
  return connectionId === null
    ? { type: 'integration', id: integrationId, name: integrationName }
    : { type: 'connection', id: connectionId, name: integrationName }
}
