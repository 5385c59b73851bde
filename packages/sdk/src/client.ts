import { type Arguments, type ResponseBody, type Route, routes } from '@keyporter/contract'
import { createAuthorizationFactory, type RequestAuthorization } from './authorization.ts'
import { type CreateFetchOptions, createFetch } from './create-fetch.ts'
import {
  type ClientOptions,
  defaultRuntime,
  type Overrides,
  type Runtime,
  readSettings,
  type Settings,
} from './options.ts'
import { type CallOptions, prepareRequest } from './request.ts'
import { SdkError } from './sdk-error.ts'
import { type ReceivedResponse, send } from './transport.ts'
import { storeVersion } from './version.ts'

type Routes = typeof routes
type Flat<A> = { [K in keyof A]: A[K] }

/** The arguments of a method: path, query and body parameters in one object, with `limit` as a number. */
export type CallArguments<R extends Route> = Flat<
  Arguments<R> extends { limit?: string | undefined }
    ? Omit<Arguments<R>, 'limit'> & { readonly limit?: number | undefined }
    : Arguments<R>
>

/** A list. Awaiting it returns the first page. Iterating it returns the items of all pages. */
export type ListCall<R extends Route> = Promise<ResponseBody<R>> &
  AsyncIterable<ItemOf<ResponseBody<R>>>

type ItemOf<A> = A extends { readonly data: readonly (infer I)[] } ? I : never
type IsList<A> = A extends { readonly data: readonly unknown[]; readonly nextCursor: string | null }
  ? true
  : false
type Result<R extends Route> =
  IsList<ResponseBody<R>> extends true ? ListCall<R> : Promise<ResponseBody<R>>

/** The client method of a route. */
export type Method<R extends Route> =
  Record<never, never> extends CallArguments<R>
    ? (args?: CallArguments<R>, options?: CallOptions) => Result<R>
    : (args: CallArguments<R>, options?: CallOptions) => Result<R>

/** A client with a method for every route, grouped by resource. */
export type Keyporter = {
  readonly [N in keyof Routes]: {
    readonly [V in keyof Routes[N]]: Routes[N][V] extends Route ? Method<Routes[N][V]> : never
  }
} & {
  /**
   * Returns the response of a route in another of its media types, as a stream.
   *
   * @example
   * const csv = await keyporter.download(routes.auditEvents.list, {}, { mediaType: 'text/csv' })
   */
  readonly download: <R extends Route>(
    route: R,
    args: CallArguments<R>,
    options: CallOptions & { readonly mediaType: string },
  ) => Promise<ReadableStream<Uint8Array>>
  /**
   * Returns a `fetch` function that calls one integration, for code that accepts a `fetch`. Returns every
   * upstream response unchanged. Errors of Keyporter are thrown as {@link SdkError}, with codes such as
   * `connection_missing`, `upstream_failed` or, with `sign`, `not_signable`. Does not follow redirects.
   *
   * @throws {TypeError} when an option is invalid
   * @example
   * const fetchZendesk = keyporter.createFetch({ integrationId: 'intg_…', via: 'proxy' })
   * const response = await fetchZendesk('/tickets?page=2')
   */
  readonly createFetch: (options: CreateFetchOptions) => typeof fetch
  /** Returns the base URL and the client ID, without the secret. */
  readonly toString: () => string
}

/**
 * Creates a client.
 *
 * Retries idempotent requests twice. A POST has an `Idempotency-Key`, so a retry never executes it again. If the
 * response to a creation is lost, the replayed response contains null for the secret: revoke that credential
 * and create another. A PATCH is never retried.
 *
 * @throws {TypeError} when an option is missing or invalid
 * @example
 * const keyporter = createKeyporter({ baseUrl: 'https://keys.example.com', clientId, clientSecret })
 * const { clientSecret } = await keyporter.credentials.create({ name: 'Zeus', permissions: 'all' })
 * for await (const credential of keyporter.credentials.list({ status: 'active' })) use(credential)
 */
export function createKeyporter(options: ClientOptions = {}, overrides: Overrides = {}): Keyporter {
  const runtime = { ...defaultRuntime, ...overrides }
  const settings = readSettings(options, runtime)
  const authorization = createAuthorizationFactory(settings, runtime)
  const call = createCall({ settings, runtime, authorization })
  const describe = (): string =>
    `Keyporter ${settings.baseUrl}${settings.client === undefined ? '' : ` as ${settings.client.clientId}`}`
  const keyporter = asKeyporter({
    ...createMethods(call),
    download: async (
      route: Route,
      args: Readonly<Record<string, unknown>>,
      given: CallOptions & { readonly mediaType: string },
    ) => {
      const { response } = await call(route, args, given)
      requireMediaType(response, given.mediaType)
      return response.body ?? new ReadableStream()
    },
    createFetch: (given: CreateFetchOptions) =>
      createFetch({ settings, authorization, sign: keyporter.calls.sign }, given),
    toString: describe,
    toJSON: describe,
    [Symbol.for('nodejs.util.inspect.custom')]: describe,
  })
  return keyporter
}

type Call = (
  route: Route,
  args: Readonly<Record<string, unknown>>,
  options: CallOptions & { readonly mediaType?: string },
) => Promise<ReceivedResponse>

type CallDeps = {
  readonly settings: Settings
  readonly runtime: Runtime
  readonly authorization: () => RequestAuthorization
}

function createCall({ settings, runtime, authorization }: CallDeps): Call {
  const { authentication, timeoutMs, retriesMax } = settings
  return async (route, args, options) => {
    const { mediaType } = options
    const prepared = prepareRequest(settings, route, {
      args,
      options,
      ...(mediaType === undefined ? {} : { accept: mediaType }),
    })
    const authorized = authorization()
    const isAnonymous = authentication === 'token' && route.access === 'public'
    return send({ settings, runtime }, prepared, {
      timeoutMs: options.timeoutMs ?? timeoutMs,
      retriesMax: options.retriesMax ?? retriesMax,
      signal: options.signal,
      stream: mediaType !== undefined,
      authorize: async () => (isAnonymous ? {} : authorized.headers()),
      onUnauthorized: authorized.onUnauthorized,
    })
  }
}

function createMethods(call: Call): object {
  return Object.fromEntries(
    Object.entries<Readonly<Record<string, Route>>>(routes).map(([resource, routesOfResource]) => [
      resource,
      Object.fromEntries(
        Object.entries(routesOfResource).map(([name, route]) => [name, createMethod(call, route)]),
      ),
    ]),
  )
}

function createMethod(call: Call, route: Route): (args?: object, options?: CallOptions) => unknown {
  const isList = route.method === 'GET' && hasFields(route.response, ['data', 'nextCursor'])
  return (args = {}, options = {}) => {
    const get = (more: object): Promise<unknown> =>
      request(call, route, { ...args, ...more }, options)
    const first = get({})
    return isList
      ? Object.assign(first, { [Symbol.asyncIterator]: () => iterate(first, get) })
      : first
  }
}

/** Checks only the names, because the browser build of the contract contains no schemas. */
function hasFields(schema: object, names: readonly string[]): boolean {
  const shape: unknown = Reflect.get(schema, 'shape')
  return (
    typeof shape === 'object' && shape !== null && names.every((name) => Object.hasOwn(shape, name))
  )
}

async function request(
  call: Call,
  route: Route,
  args: object,
  options: CallOptions,
): Promise<unknown> {
  const { response, text } = await call(route, { ...args }, options)
  if (response.status === 204) return undefined
  const body = parseResponse(response, text)
  storeVersion(body, response.headers.get('etag'))
  return body
}

function parseResponse(response: Response, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SdkError('unexpected_response', 'The response is not JSON.', {
      status: response.status,
      requestId: response.headers.get('x-request-id') ?? undefined,
      cause,
    })
  }
}

type Page = { readonly data: readonly unknown[]; readonly nextCursor: string | null }

async function* iterate(
  first: Promise<unknown>,
  get: (more: object) => Promise<unknown>,
): AsyncGenerator {
  let page = asPage(await first)
  for (;;) {
    yield* page.data
    if (page.nextCursor === null) return
    page = asPage(await get({ cursor: page.nextCursor }))
  }
}

function asPage(body: unknown): Page {
  // Safe because the response schema of the route is a page.
  return body as Page
}

/** Older servers without this media type respond with JSON. */
function requireMediaType(response: Response, mediaType: string): void {
  if (response.headers.get('content-type')?.startsWith(mediaType) === true) return
  throw new SdkError('unexpected_response', `The response is not ${mediaType}.`, {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? undefined,
  })
}

function asKeyporter(client: object): Keyporter {
  // Safe because `createMethods` creates a method for every route, from the same table as the type.
  return client as Keyporter
}
