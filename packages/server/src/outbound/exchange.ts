import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { releaseBehind } from './buffer-release.ts'
import { OutboundError, toOutboundError } from './faults.ts'
import { requestHeaders, responseHeaders } from './headers.ts'
import type { OutboundLimits, OutboundRequest, OutboundResponse } from './request.ts'

const BODY_BUFFER_BYTES = 65_536
const EMPTY = Buffer.alloc(0)

type Controller = Dispatcher.DispatchController
type AnswerHead = Pick<OutboundResponse, 'status' | 'headers'>

/** One exchange while it lasts. It ends once: well, or by its first fault. */
type Flow = {
  controller: Controller | undefined
  body: Readable | undefined
  isOver: boolean
  readonly answer: (answer: OutboundResponse) => void
  /** False where it had ended before. */
  readonly end: () => boolean
  readonly fail: (error: OutboundError) => void
}

/**
 * Sends a request and gives back the answer as soon as its head is here. The body flows as fast as it is read.
 *
 * @throws {OutboundError}
 */
export function exchange(
  dispatcher: Dispatcher,
  request: OutboundRequest,
  limits: OutboundLimits,
): Promise<OutboundResponse> {
  const { signal } = request
  const options = toOptions(request, limits)
  return new Promise((resolve, reject) => {
    const abort = (): void => flow.fail(new OutboundError('aborted', { cause: signal?.reason }))
    const flow: Flow = {
      controller: undefined,
      body: undefined,
      isOver: false,
      answer: resolve,
      end: () => {
        if (flow.isOver) return false
        flow.isOver = true
        clearTimeout(waiting)
        signal?.removeEventListener('abort', abort)
        return true
      },
      fail: (error) => {
        if (!flow.end()) return
        reject(error)
        flow.controller?.abort(error)
        flow.body?.destroy(error)
      },
    }
    // For as long as the request waits for a connection, its own or one that others leave.
    const waiting = setTimeout(() => flow.fail(new OutboundError('timed_out')), limits.connectMs)
    const handler = createHandler(flow, { sent: request.body, waiting, limits })
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
    else dispatcher.dispatch(options, handler)
  })
}

/** What the HTTP client reports, and what becomes of it. */
function createHandler(
  flow: Flow,
  {
    sent,
    waiting,
    limits,
  }: {
    readonly sent: OutboundRequest['body']
    readonly waiting: NodeJS.Timeout
    readonly limits: OutboundLimits
  },
): Dispatcher.DispatchHandler {
  const early: Buffer[] = []
  let bytesLeft = limits.bodyBytesMax
  return {
    onRequestStart: (controller) => {
      clearTimeout(waiting)
      flow.controller = controller
      if (flow.isOver) controller.abort(new OutboundError('aborted'))
      // Not before: who listens makes it flow.
      else if (sent instanceof Readable) releaseBehind(sent)
    },
    onResponseStart: (controller, status) => {
      // RFC 9110 §15.2: interim answers may be ignored.
      if (status < 200) return
      const head = { status, headers: responseHeaders(controller.rawHeaders) }
      // By then all that came in one piece with the head has been reported.
      queueMicrotask(() => {
        if (flow.isOver) flow.answer(wholeAnswer(head, early))
        else flow.answer(flowingAnswer(head, { flow, controller, early }))
      })
    },
    onResponseData: (controller, chunk) => {
      bytesLeft -= chunk.length
      if (bytesLeft < 0) flow.fail(new OutboundError('too_large'))
      else if (flow.body === undefined) early.push(chunk)
      else if (!flow.body.push(chunk)) controller.pause()
    },
    onResponseEnd: () => {
      if (flow.end()) flow.body?.push(null)
    },
    onResponseError: (_, error) => {
      const isOurs = sent instanceof Readable && sent.errored === error
      flow.fail(isOurs ? new OutboundError('aborted', { cause: error }) : toOutboundError(error))
    },
  }
}

/** An answer that needs no stream unless somebody wants one. */
function wholeAnswer(head: AnswerHead, parts: readonly Buffer[]): OutboundResponse {
  const [first = EMPTY, ...others] = parts
  const whole = others.length === 0 ? first : Buffer.concat(parts)
  let body: Readable | undefined
  return {
    ...head,
    completeBody: whole,
    get body() {
      body ??= readableOf(whole)
      return body
    },
  }
}

function readableOf(whole: Uint8Array): Readable {
  const body = new Readable({ read: () => undefined })
  if (whole.length > 0) body.push(whole)
  body.push(null)
  return body
}

/** An answer of which more is to come. */
function flowingAnswer(
  head: AnswerHead,
  {
    flow,
    controller,
    early,
  }: {
    readonly flow: Flow
    readonly controller: Controller
    readonly early: readonly Buffer[]
  },
): OutboundResponse {
  const body = new Readable({
    highWaterMark: BODY_BUFFER_BYTES,
    read: () => controller.resume(),
    destroy: (error, done) => {
      flow.fail(new OutboundError('aborted'))
      done(error)
    },
  })
  // A fault may come before anybody reads; who reads is told of it all the same.
  body.on('error', () => undefined)
  for (const chunk of early) body.push(chunk)
  flow.body = body
  return { ...head, completeBody: undefined, body }
}

function toOptions(request: OutboundRequest, limits: OutboundLimits): Dispatcher.DispatchOptions {
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
