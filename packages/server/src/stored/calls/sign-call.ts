import type { Input, Output, routes } from '@keyporter/contract'
import {
  type AwsSigV4Auth,
  isSignable,
  type OutgoingBody,
  presignAwsSigV4,
} from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import type { ResolvedConnection } from '../connection-lookup/index.ts'
import { type CallDeps, recordLastUses } from './call-deps.ts'
import {
  type AuthenticateRequest,
  authenticateConnection,
  type PreparedCall,
  prepareCall,
} from './prepare-call.ts'

type Route = typeof routes.calls.sign
type Body = Input<Route>['body']

/**
 * Signs one request that the caller sends: returns its URL and headers, or a presigned URL. Only
 * for authentication types that do not put the secret itself into the request.
 *
 * @throws {AppError} `not_found`, `environment_mismatch`, `connection_missing`, `not_signable`,
 *   `address_not_allowed`, `invalid_request`
 */
export async function signCall(
  ctx: Context,
  { params, body }: Input<Route>,
  deps: CallDeps,
): Promise<Output<Route>> {
  const connection = await deps.lookup.requireConnection({
    ...ctx,
    integrationId: params.id,
    organizationId: body.organizationId,
    sameEnvironment: true,
  })
  requireSignable(connection)
  const rejection = ctx.outbound.checkUrl(connection.origin)
  if (rejection !== undefined)
    throw new AppError('address_not_allowed', { detail: rejection.detail })
  const authenticated = await authenticateConnection(connection, deps.tokens)
  const prepared = prepareCall(
    authenticated,
    {
      method: body.method,
      pathAndQuery: addQuery(body.path, body.query ?? {}),
      headers: body.headers ?? [],
      body: toOutgoing(body),
      ...presignOption(connection, body.presignSeconds),
    },
    deps.signingContext,
  )
  recordLastUses(deps, connection)
  return toOutput(body, prepared)
}

function requireSignable({ auth, secretHeaderValues }: ResolvedConnection): void {
  if (isSignable(auth) && secretHeaderValues.length === 0) return
  throw new AppError('not_signable', {
    detail:
      'The signed headers would contain the secret. Use /proxy instead, which does not expose the secret.',
  })
}

function toOutgoing({ body, bodySha256 }: Body): OutgoingBody {
  if (body !== undefined && bodySha256 !== undefined)
    throw problem('/bodySha256', 'Send either body or bodySha256, not both')
  if (body !== undefined) return { kind: 'bytes', bytes: Buffer.from(body, 'utf8') }
  return bodySha256 === undefined
    ? { kind: 'none' }
    : { kind: 'digest', sha256: bodySha256.toLowerCase() }
}

function presignOption(
  { auth }: ResolvedConnection,
  expiresInSeconds: number | undefined,
): { readonly authenticate?: AuthenticateRequest } {
  if (expiresInSeconds === undefined) return {}
  if (auth.kind !== 'aws_sigv4')
    throw problem('/presignSeconds', 'Only aws_sigv4 supports presigned URLs')
  const presigner: AwsSigV4Auth = auth
  return {
    authenticate: (_, request, context) =>
      presignAwsSigV4(presigner, { ...request, expiresInSeconds }, context),
  }
}

/** Appends unencoded names and values, percent-encoded, to the query of the path. */
function addQuery(path: string, query: NonNullable<Body['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encode(name)}=${encode(value)}`),
  )
  if (pairs.length === 0) return path
  return `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`
}

/** RFC 3986 §2.3: everything but the unreserved characters is escaped. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function toOutput({ method, explain }: Body, prepared: PreparedCall): Output<Route> {
  const { origin, target, headers, explanation } = prepared
  return {
    url: `${origin}${target}`,
    method,
    headers: headers.map(({ name, value }) => ({ name, value })),
    ...(explain === true && explanation !== undefined ? { explain: explanation } : {}),
  }
}

function problem(pointer: string, detail: string): AppError {
  return new AppError('invalid_request', { fields: [{ pointer, code: 'invalid', detail }] })
}
