import type { Input, Output, Route } from '@keyporter/contract'
import type { Context } from './context.ts'

const REPLY = Symbol('reply')

/** A result with something beside its body. */
export type Reply<T> = {
  readonly [REPLY]: true
  readonly output: T
  /** Something new was made, where the route tells the two apart. */
  readonly created?: true
  /** `Set-Cookie` lines. */
  readonly cookies?: readonly string[]
  /** A body in one of the route's other media types, in place of `output`. */
  readonly stream?: {
    readonly mediaType: string
    readonly fileName: string
    readonly lines: AsyncIterable<string>
  }
}

/** Wraps a verb's result with cookies, or with a body in another media type. */
export function reply<T>(
  output: T,
  beside: Pick<Reply<T>, 'created' | 'cookies' | 'stream'>,
): Reply<T> {
  return { [REPLY]: true, output, ...beside }
}

/** Whether a verb's result is a {@link Reply}. */
export function isReply(result: unknown): result is Reply<unknown> {
  return typeof result === 'object' && result !== null && REPLY in result
}

/** A verb: what a route does. */
export type Verb<R extends Route> = (
  ctx: Context,
  input: Input<R>,
) => Promise<Output<R> | Reply<Output<R>>>

/** A verb that takes the body as bytes, because parsing it on the event loop would hold others up. */
export type RawVerb<R extends Route> = (
  ctx: Context,
  input: { readonly bytes: Uint8Array },
) => Promise<Output<R> | Reply<Output<R>>>

/** A route and its verb, as `http/mount.ts` takes it. */
export type RouteHandler = {
  readonly route: Route
  readonly raw: boolean
  readonly run: (ctx: Context, input: unknown) => Promise<unknown>
}

/** Ties a verb to its route; the types of both must agree. */
export function handle<R extends Route>(route: R, verb: Verb<R>): RouteHandler {
  // safe because mount parses the input with this very route's schemas
  return { route, raw: false, run: (ctx, input) => verb(ctx, input as Input<R>) }
}

/** As {@link handle}, for a verb that parses the body itself, off the event loop. */
export function handleRaw<R extends Route>(route: R, verb: RawVerb<R>): RouteHandler {
  // safe because mount hands a raw binding exactly this
  return { route, raw: true, run: (ctx, input) => verb(ctx, input as { bytes: Uint8Array }) }
}
