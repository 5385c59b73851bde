import type { Input, Output, Route } from '@keyporter/contract'
import type { Context } from './context.ts'

const REPLY = Symbol('reply')

/** A verb's result with response metadata, or with a streamed body. */
export type Reply<T> = {
  readonly [REPLY]: true
  readonly output: T
  /** The request created a resource: 201 where the route also allows 200. */
  readonly created?: true
  /** Values of `Set-Cookie` fields. */
  readonly cookies?: readonly string[]
  /** A body in one of the route's other media types. Replaces `output`. */
  readonly stream?: {
    readonly mediaType: string
    readonly fileName: string
    readonly lines: AsyncIterable<string>
  }
}

/** Returns a verb's result with cookies, a created flag, or a body in another media type. */
export function reply<T>(
  output: T,
  metadata: Pick<Reply<T>, 'created' | 'cookies' | 'stream'>,
): Reply<T> {
  return { [REPLY]: true, output, ...metadata }
}

/** Returns whether a verb's result is a {@link Reply}. */
export function isReply(result: unknown): result is Reply<unknown> {
  return typeof result === 'object' && result !== null && REPLY in result
}

/** A verb: the implementation of a route. */
export type Verb<R extends Route> = (
  ctx: Context,
  input: Input<R>,
) => Promise<Output<R> | Reply<Output<R>>>

/** A verb that receives the body as bytes, because parsing a large body would block the event loop. */
export type RawVerb<R extends Route> = (
  ctx: Context,
  input: { readonly bytes: Uint8Array },
) => Promise<Output<R> | Reply<Output<R>>>

/** A route with its implementation, for `kernel/dispatch.ts`. */
export type RouteHandler = {
  readonly route: Route
  readonly raw: boolean
  readonly run: (ctx: Context, input: unknown) => Promise<unknown>
}

/** Returns the handler that runs a verb for a route. Input and output types must match the contract. */
export function handle<R extends Route>(route: R, verb: Verb<R>): RouteHandler {
  // safe because dispatch parses the input with the schemas of this route
  return { route, raw: false, run: (ctx, input) => verb(ctx, input as Input<R>) }
}

/** Returns the handler for a verb that parses the body itself, off the event loop. */
export function handleRaw<R extends Route>(route: R, verb: RawVerb<R>): RouteHandler {
  // safe because dispatch passes exactly this input to a raw handler
  return { route, raw: true, run: (ctx, input) => verb(ctx, input as { bytes: Uint8Array }) }
}
