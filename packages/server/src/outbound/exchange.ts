import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { releaseWrittenChunks } from './buffer-release.ts'
import { requestHeaders, responseHeaders } from './headers.ts'
import { OutboundError, toOutboundError } from './outbound-error.ts'
import type { OutboundLimits, OutboundRequest, OutboundResponse } from './request.ts'

const BODY_BUFFER_BYTES = 65_536
const EMPTY = Buffer.alloc(0)

type Controller = Dispatcher.DispatchController
type ResponseHead = Pick<OutboundResponse, 'status' | 'headers'>

/** The state of an exchange: one request and its response. It ends once: complete, or with its first fault. */
type ExchangeState = {
  controller: Controller | undefined
  body: Readable | undefined
  isOver: boolean
  readonly respond: (response: OutboundResponse) => void
  /** Returns false when the exchange had already ended. */
  readonly end: () => boolean
  readonly fail: (error: OutboundError) => void
}

/**
 * Sends a request and returns the response when its headers have arrived. The body is read with
 * backpressure.
 *
 * @throws {OutboundError}
 */
export function exchange(
  dispatcher: Dispatcher,
  request: OutboundRequest,
  limits: OutboundLimits,
): Promise<OutboundResponse> {
  const { signal } = request
  const options = toDispatchOptions(request, limits)
  return new Promise((resolve, reject) => {
    const abort = (): void => state.fail(new OutboundError('aborted', { cause: signal?.reason }))
    const state: ExchangeState = {
      controller: undefined,
      body: undefined,
      isOver: false,
      respond: resolve,
      end: () => {
        if (state.isOver) return false
        state.isOver = true
        clearTimeout(connectTimer)
        signal?.removeEventListener('abort', abort)
        return true
      },
      fail: (error) => {
        if (!state.end()) return
        reject(error)
        state.controller?.abort(error)
        state.body?.destroy(error)
      },
    }
    // Limits the wait for a connection: a new one, or an idle one of the pool.
    const connectTimer = setTimeout(
      () => state.fail(new OutboundError('timeout')),
      limits.connectMs,
    )
    const handler = createHandler(state, { requestBody: request.body, connectTimer, limits })
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
    else dispatcher.dispatch(options, handler)
  })
}

/** Creates the handler for the events of the HTTP client. */
function createHandler(
  state: ExchangeState,
  {
    requestBody,
    connectTimer,
    limits,
  }: {
    readonly requestBody: OutboundRequest['body']
    readonly connectTimer: NodeJS.Timeout
    readonly limits: OutboundLimits
  },
): Dispatcher.DispatchHandler {
  const earlyChunks: Buffer[] = []
  let bytesLeft = limits.bodyBytesMax
  return {
    onRequestStart: (controller) => {
      clearTimeout(connectTimer)
      state.controller = controller
      if (state.isOver) controller.abort(new OutboundError('aborted'))
      // Not earlier: a data listener starts the stream.
      else if (requestBody instanceof Readable) releaseWrittenChunks(requestBody)
    },
    onResponseStart: (controller, status) => {
      // RFC 9110 §15.2: a client may ignore interim responses.
      if (status < 200) return
      const head = { status, headers: responseHeaders(controller.rawHeaders) }
      // After a microtask, all data that arrived together with the headers has been reported.
      queueMicrotask(() => {
        if (state.isOver) state.respond(completeResponse(head, earlyChunks))
        else state.respond(streamingResponse(head, { state, controller, earlyChunks }))
      })
    },
    onResponseData: (controller, chunk) => {
      bytesLeft -= chunk.length
      if (bytesLeft < 0) state.fail(new OutboundError('response_too_large'))
      else if (state.body === undefined) earlyChunks.push(chunk)
      else if (!state.body.push(chunk)) controller.pause()
    },
    onResponseEnd: () => {
      if (state.end()) state.body?.push(null)
    },
    onResponseError: (_, error) => {
      const isFromSender = requestBody instanceof Readable && requestBody.errored === error
      state.fail(
        isFromSender ? new OutboundError('aborted', { cause: error }) : toOutboundError(error),
      )
    },
  }
}

/** Returns a response whose body is complete. Creates the stream only on access. */
function completeResponse(head: ResponseHead, parts: readonly Buffer[]): OutboundResponse {
  const [first = EMPTY, ...others] = parts
  const completeBody = others.length === 0 ? first : Buffer.concat(parts)
  let body: Readable | undefined
  return {
    ...head,
    completeBody,
    get body() {
      body ??= readableOf(completeBody)
      return body
    },
  }
}

function readableOf(bytes: Uint8Array): Readable {
  const body = new Readable({ read: () => undefined })
  if (bytes.length > 0) body.push(bytes)
  body.push(null)
  return body
}

/** Returns a response whose body is still arriving. */
function streamingResponse(
  head: ResponseHead,
  {
    state,
    controller,
    earlyChunks,
  }: {
    readonly state: ExchangeState
    readonly controller: Controller
    readonly earlyChunks: readonly Buffer[]
  },
): OutboundResponse {
  const body = new Readable({
    highWaterMark: BODY_BUFFER_BYTES,
    read: () => controller.resume(),
    destroy: (error, done) => {
      state.fail(new OutboundError('aborted'))
      done(error)
    },
  })
  // An error before the first read must not be unhandled. A later reader still gets it.
  body.on('error', () => undefined)
  for (const chunk of earlyChunks) body.push(chunk)
  state.body = body
  return { ...head, completeBody: undefined, body }
}

function toDispatchOptions(
  request: OutboundRequest,
  limits: OutboundLimits,
): Dispatcher.DispatchOptions {
  const { method, target, body, contentLength } = request
  const headers = requestHeaders(request)
  const isStream = body instanceof Readable
  if (isStream && contentLength !== undefined) headers.push('content-length', `${contentLength}`)
  return {
    method,
    path: target,
    headers,
    body: isStream && contentLength === 0 ? null : body,
    headersTimeout: limits.headMs,
    bodyTimeout: limits.idleMs,
  }
}
