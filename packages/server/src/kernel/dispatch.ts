import type { Feature, Route } from '@keyporter/contract'
import { isId } from '@keyporter/protocol'
import { AppError } from './app-error.ts'
import { notFound } from './authorize.ts'
import { authorizeRequest } from './authorize-request.ts'
import type { Caller, Context, IdempotencyClaim, Principal } from './context.ts'
import { outcomeUnknown } from './mutate.ts'
import { isRecord, parseParts } from './parse-input.ts'
import type { RecordUse } from './record-use.ts'
import { isReply, type Reply, type RouteHandler } from './route-handler.ts'

/** Dependencies of {@link createDispatch}. */
export type DispatchDeps = {
  readonly createContext: (caller: Caller) => Context
  /** Returns the features of the context's organization; undefined when it does not exist. */
  readonly findFeatures: (ctx: Context) => Promise<Readonly<Record<Feature, boolean>> | undefined>
  readonly recordUse: RecordUse
}

/** A call of a route, on any transport. */
export type RouteCall = {
  readonly principal: Principal
  readonly source: Pick<Caller, 'requestId' | 'userAgent'> & { readonly ip: string }
  readonly params: unknown
  readonly query: unknown
  /** Reads the body: as bytes for a handler with `takesBytes`. Called after the caller is authorized. */
  readonly readBody: () => Record<string, unknown> | Uint8Array
  /** The version of the resource that the caller saw; undefined for any version. */
  readonly ifVersion: number | undefined
  /** Chooses a media type other than JSON. Called after the input is validated. */
  readonly chooseMediaType: () => string | undefined
  /** Runs the verb at most once for an idempotency key. `claim` is undefined if the request has no key. */
  readonly once: (
    run: (claim: IdempotencyClaim | undefined) => Promise<RouteResult>,
  ) => Promise<RouteResult>
}

/** The result of a call, ready to be sent, or stored for an idempotency key. */
export type RouteResult = {
  /** The status of the route record. */
  readonly status: number
  /** JSON text. */
  readonly body: string | undefined
  /** The version of the resource in the body. */
  readonly version?: number | undefined
  readonly replayed?: true
  /** Cookies and a stream, which are not stored. */
  readonly extras?: Pick<Reply<unknown>, 'cookies' | 'stream'>
}

/** Calls a route. */
export type Dispatch = (handler: RouteHandler, call: RouteCall) => Promise<RouteResult>

/**
 * Creates the function that calls routes: it authorizes the caller, selects the organization, validates the input by
 * the contract's record, runs the verb, and filters the result. It depends on no transport.
 *
 * @throws {AppError} the errors of the verb; `insufficient_permissions`, `not_found`, `invalid_request`
 */
export function createDispatch(deps: DispatchDeps): Dispatch {
  return async (handler, call) => {
    const { route } = handler
    const { principal, source } = call
    authorizeRequest(principal, { access: route.access, ip: source.ip, recordUse: deps.recordUse })
    const body = call.readBody()
    const isBytes = body instanceof Uint8Array
    const { organizationId, ...scoped } = extractOrganizationId(route, {
      query: call.query,
      body: isBytes ? {} : body,
    })
    const caller = await createCaller(route, deps, { call, organizationId })
    const ctx = deps.createContext(caller)
    if (route.feature !== undefined) await requireFeature(deps, ctx, route.feature)
    const parts = parseParts(isBytes ? withoutBody(route) : route, {
      ...scoped,
      params: call.params,
    })
    const input = isBytes
      ? { bytes: body }
      : { ...parts, ifVersion: call.ifVersion, mediaType: call.chooseMediaType() }
    const earlyResponse = Promise.withResolvers<never>()
    const respondOutcomeUnknown = () => earlyResponse.reject(outcomeUnknown())
    const result = call.once(async (claim) => {
      const ctxWithClaim = deps.createContext({ ...caller, claim, respondOutcomeUnknown })
      return toResult(route, await handler.run(ctxWithClaim, input))
    })
    return Promise.race([result, earlyResponse.promise])
  }
}

/** A handler with `takesBytes` parses the body itself; query and path parameters are validated here. */
function withoutBody({ body: _body, ...route }: Route): Route {
  return route
}

type WithOrganizationId = {
  readonly query: unknown
  readonly body: unknown
  readonly organizationId: string | undefined
}

/** Extracts `organizationId` from query or body, unless the route is not scoped to an organization. */
function extractOrganizationId(
  route: Route,
  sent: { query: unknown; body: Record<string, unknown> },
): WithOrganizationId {
  const query = isRecord(sent.query) ? sent.query : {}
  if (route.organization === false) return { query, body: sent.body, organizationId: undefined }
  const { organizationId: inQuery, ...restQuery } = query
  const { organizationId: inBody, ...restBody } = sent.body
  const named = inQuery ?? inBody
  if (named !== undefined && typeof named !== 'string')
    throw organizationProblem('Must be a string')
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
    throw organizationProblem('Different in query and body')
  }
  return { query: restQuery, body: restBody, organizationId: named }
}

function organizationProblem(detail: string): AppError {
  return new AppError('invalid_request', {
    detail: `organizationId: ${detail}.`,
    fields: [{ pointer: '/organizationId', code: 'invalid', detail }],
  })
}

/** Selects the organization of a call. The operator's callers with ORGANIZATION_WRITE can act for other organizations. */
async function createCaller(
  route: Route,
  deps: DispatchDeps,
  {
    call,
    organizationId,
  }: { readonly call: RouteCall; readonly organizationId: string | undefined },
): Promise<Caller> {
  const { actor, operator } = call.principal
  const own = actor.organizationId ?? ''
  const caller = { ...call.source, actor, operator }
  if (organizationId === undefined || organizationId === own || route.organization === false) {
    return { ...caller, organizationId: own }
  }
  const selected = { ...caller, organizationId }
  // A malformed id is treated like an unknown one.
  const isAllowed =
    isId('org', organizationId) && operator && actor.permissions.has('ORGANIZATION_WRITE')
  const ctx = deps.createContext(selected)
  if (!isAllowed || (await deps.findFeatures(ctx)) === undefined) throw notFound()
  return selected
}

async function requireFeature(deps: DispatchDeps, ctx: Context, feature: Feature): Promise<void> {
  const features = await deps.findFeatures(ctx)
  if (features?.[feature] !== true) throw notFound()
}

/** Parses the result by the response schema, which removes undeclared fields. */
function toResult(route: Route, result: unknown): RouteResult {
  const extras = isReply(result) ? result : undefined
  const output = isReply(result) ? result.output : result
  if (extras?.stream !== undefined) return { status: route.status, body: undefined, extras }
  const body = route.status === 204 ? undefined : JSON.stringify(route.response.parse(output))
  const version = isRecord(output) ? output['version'] : undefined
  return {
    status: extras?.created === true ? (route.createdStatus ?? route.status) : route.status,
    body,
    version: typeof version === 'number' ? version : undefined,
    ...(extras === undefined ? {} : { extras }),
  }
}
