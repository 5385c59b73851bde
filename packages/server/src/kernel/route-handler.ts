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

type Result<R extends Route> = Promise<Output<R> | Reply<Output<R>>>

/** The implementation of a route. */
export type Implementation<R extends Route> = (ctx: Context, input: Input<R>) => Result<R>

/** A route with its implementation, for `kernel/dispatch.ts`. */
export type RouteHandler = {
  readonly route: Route
  /** Whether the implementation parses the body itself. */
  readonly takesBytes: boolean
  readonly run: (ctx: Context, input: unknown) => Promise<unknown>
}

/** Returns the handler that runs a function for a route. Input and output types must match the contract. */
export function handle<R extends Route>(route: R, run: Implementation<R>): RouteHandler {
  // safe because dispatch parses the input with the schemas of this route
  return { route, takesBytes: false, run: (ctx, input) => run(ctx, input as Input<R>) }
}

/**
 * Returns the handler for a function that receives the body as bytes, because parsing a large body would block
 * the event loop.
 */
export function handleBytes<R extends Route>(
  route: R,
  run: (ctx: Context, input: { readonly bytes: Uint8Array }) => Result<R>,
): RouteHandler {
  // safe because dispatch passes exactly this input to a handler with `takesBytes`
  return { route, takesBytes: true, run: (ctx, input) => run(ctx, input as { bytes: Uint8Array }) }
}
