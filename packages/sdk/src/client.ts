import { type Arguments, type ResponseBody, type Route, routes } from '@keyporter/contract'
import { type Authorization, authorizationOf } from './authorization.ts'
import { type CreateFetchOptions, createFetch } from './create-fetch.ts'
import {
  type ClientOptions,
  ownSurroundings,
  readSettings,
  type Settings,
  type Surroundings,
} from './options.ts'
import { type CallOptions, prepareRequest } from './request.ts'
import { SdkError } from './sdk-error.ts'
import { type Received, send } from './transport.ts'
import { rememberVersion } from './version.ts'

type Routes = typeof routes
type Flat<A> = { [K in keyof A]: A[K] }

/** What a method takes: everything of the route in one object; `limit` as a number. */
export type CallArguments<R extends Route> = Flat<
  Arguments<R> extends { limit?: string | undefined }
    ? Omit<Arguments<R>, 'limit'> & { readonly limit?: number | undefined }
    : Arguments<R>
>

/** A list: the first page when awaited, every item of every page when iterated. */
export type ListCall<R extends Route> = Promise<ResponseBody<R>> &
  AsyncIterable<ItemOf<ResponseBody<R>>>

type ItemOf<A> = A extends { readonly data: readonly (infer I)[] } ? I : never
type IsList<A> = A extends { readonly data: readonly unknown[]; readonly nextCursor: string | null }
  ? true
  : false
type Result<R extends Route> =
  IsList<ResponseBody<R>> extends true ? ListCall<R> : Promise<ResponseBody<R>>

/** The method of a route. */
export type Method<R extends Route> =
  Record<never, never> extends CallArguments<R>
    ? (args?: CallArguments<R>, options?: CallOptions) => Result<R>
    : (args: CallArguments<R>, options?: CallOptions) => Result<R>

/** A client: a method for every route, under its noun. */
export type Keyporter = {
  readonly [N in keyof Routes]: {
    readonly [V in keyof Routes[N]]: Routes[N][V] extends Route ? Method<Routes[N][V]> : never
  }
} & {
  /**
   * The answer of a route in one of its other media types, as it comes.
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
   * A `fetch` that calls one integration, for code that takes a `fetch`: the third party's answers are given
   * back as they are, whatever their status; a refusal of Keyporter's is an {@link SdkError}, with codes such as
   * `connection_missing`, `upstream_failed` or, via `sign`, `not_signable`. Redirects are not followed.
   *
   * @throws {TypeError} when an option is not right
   * @example
   * const fetchZendesk = keyporter.createFetch({ integrationId: 'intg_…', via: 'proxy' })
   * const response = await fetchZendesk('/tickets?page=2')
   */
  readonly createFetch: (options: CreateFetchOptions) => typeof fetch
  /** Says where and as whom, never with what secret. */
  readonly toString: () => string
}

/**
 * Makes a client.
 *
 * Requests are repeated twice where that does no harm: a POST carries an `Idempotency-Key`, so it
 * happens once. (When the answer of a creation was lost, the repeated answer has null for the secret:
 * revoke that credential and create another.) A PATCH is never repeated.
 *
 * @throws {TypeError} when an option is missing or not right
 * @example
 * const keyporter = createKeyporter({ baseUrl: 'https://keys.example.com', clientId, clientSecret })
 * const { clientSecret } = await keyporter.credentials.create({ name: 'Zeus', permissions: 'all' })
 * for await (const credential of keyporter.credentials.list({ status: 'active' })) use(credential)
 */
export function createKeyporter(
  options: ClientOptions = {},
  around: Partial<Surroundings> = {},
): Keyporter {
  const surroundings = { ...ownSurroundings, ...around }
  const settings = readSettings(options, surroundings)
  const authorization = authorizationOf(settings, surroundings)
  const call = createCall({ settings, around: surroundings, authorization })
  const describe = (): string =>
    `Keyporter ${settings.baseUrl}${settings.client === undefined ? '' : ` as ${settings.client.clientId}`}`
  const keyporter = asKeyporter({
    ...methods(call),
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
) => Promise<Received>

type CallDeps = {
  readonly settings: Settings
  readonly around: Surroundings
  readonly authorization: () => Authorization
}

function createCall({ settings, around, authorization }: CallDeps): Call {
  const { authentication, timeoutMs, retriesMax } = settings
  return async (route, args, options) => {
    const { mediaType } = options
    const prepared = prepareRequest(settings, route, {
      args,
      options,
      ...(mediaType === undefined ? {} : { accept: mediaType }),
    })
    const who = authorization()
    const isStranger = authentication === 'token' && route.access === 'public'
    return send({ settings, around }, prepared, {
      timeoutMs: options.timeoutMs ?? timeoutMs,
      retriesMax: options.retriesMax ?? retriesMax,
      signal: options.signal,
      stream: mediaType !== undefined,
      authorize: async () => (isStranger ? {} : who.headers()),
      renew: who.renew,
    })
  }
}

function methods(call: Call): object {
  return Object.fromEntries(
    Object.entries<Readonly<Record<string, Route>>>(routes).map(([noun, verbs]) => [
      noun,
      Object.fromEntries(
        Object.entries(verbs).map(([verb, route]) => [verb, methodOf(call, route)]),
      ),
    ]),
  )
}

function methodOf(call: Call, route: Route): (args?: object, options?: CallOptions) => unknown {
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

/** By the names alone: they are all that a browser's build of the contract holds. */
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
  const answer = parseAnswer(response, text)
  rememberVersion(answer, response.headers.get('etag'))
  return answer
}

function parseAnswer(response: Response, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SdkError('unexpected_answer', 'The server did not answer with JSON.', {
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

function asPage(answer: unknown): Page {
  // safe because the route's response schema is that of a page
  return answer as Page
}

/** A server that does not know the media type would answer with JSON. */
function requireMediaType(response: Response, mediaType: string): void {
  if (response.headers.get('content-type')?.startsWith(mediaType) === true) return
  throw new SdkError('unexpected_answer', `The server did not answer with ${mediaType}.`, {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? undefined,
  })
}

function asKeyporter(made: object): Keyporter {
  // safe because a method was made for every route, under the names of the same table
  return made as Keyporter
}
