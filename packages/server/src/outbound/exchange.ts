import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { releaseBehind } from './buffer-release.ts'
import { EgressError, toEgressError } from './faults.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import type { EgressAnswer, EgressLimits, EgressRequest } from './request.ts'

const BODY_BUFFER_BYTES = 65_536
const EMPTY = Buffer.alloc(0)

type Controller = Dispatcher.DispatchController
type AnswerHead = Pick<EgressAnswer, 'status' | 'headers'>

/** One exchange while it lasts. It ends once: well, or by its first fault. */
type Flow = {
  controller: Controller | undefined
  body: Readable | undefined
  isOver: boolean
  readonly answer: (answer: EgressAnswer) => void
  /** False where it had ended before. */
  readonly end: () => boolean
  readonly fail: (error: EgressError) => void
}

/**
 * Sends a request and gives back the answer as soon as its head is here. The body flows as fast as it is read.
 *
 * @throws {EgressError}
 */
export function exchange(
  dispatcher: Dispatcher,
  request: EgressRequest,
  limits: EgressLimits,
): Promise<EgressAnswer> {
  const { signal } = request
  const options = toOptions(request, limits)
  return new Promise((resolve, reject) => {
    const abort = (): void => flow.fail(new EgressError('aborted', { cause: signal?.reason }))
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
    const waiting = setTimeout(() => flow.fail(new EgressError('timed_out')), limits.connectMs)
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
    readonly sent: EgressRequest['body']
    readonly waiting: NodeJS.Timeout
    readonly limits: EgressLimits
  },
): Dispatcher.DispatchHandler {
  const early: Buffer[] = []
  let bytesLeft = limits.bodyBytesMax
  return {
    onRequestStart: (controller) => {
      clearTimeout(waiting)
      flow.controller = controller
      if (flow.isOver) controller.abort(new EgressError('aborted'))
      // Not before: who listens makes it flow.
      else if (sent instanceof Readable) releaseBehind(sent)
    },
    onResponseStart: (controller, status) => {
      // RFC 9110 §15.2: interim answers may be ignored.
      if (status < 200) return
      const head = { status, headers: answerHeaders(controller.rawHeaders) }
      // By then all that came in one piece with the head has been reported.
      queueMicrotask(() => {
        if (flow.isOver) flow.answer(wholeAnswer(head, early))
        else flow.answer(flowingAnswer(head, { flow, controller, early }))
      })
    },
    onResponseData: (controller, chunk) => {
      bytesLeft -= chunk.length
      if (bytesLeft < 0) flow.fail(new EgressError('too_large'))
      else if (flow.body === undefined) early.push(chunk)
      else if (!flow.body.push(chunk)) controller.pause()
    },
    onResponseEnd: () => {
      if (flow.end()) flow.body?.push(null)
    },
    onResponseError: (_, error) => {
      const isOurs = sent instanceof Readable && sent.errored === error
      flow.fail(isOurs ? new EgressError('aborted', { cause: error }) : toEgressError(error))
    },
  }
}

/** An answer that needs no stream unless somebody wants one. */
function wholeAnswer(head: AnswerHead, parts: readonly Buffer[]): EgressAnswer {
  const [first = EMPTY, ...others] = parts
  const whole = others.length === 0 ? first : Buffer.concat(parts)
  let body: Readable | undefined
  return {
    ...head,
    whole,
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
): EgressAnswer {
  const body = new Readable({
    highWaterMark: BODY_BUFFER_BYTES,
    read: () => controller.resume(),
    destroy: (error, done) => {
      flow.fail(new EgressError('aborted'))
      done(error)
    },
  })
  // A fault may come before anybody reads; who reads is told of it all the same.
  body.on('error', () => undefined)
  for (const chunk of early) body.push(chunk)
  flow.body = body
  return { ...head, whole: undefined, body }
}

function toOptions(request: EgressRequest, limits: EgressLimits): Dispatcher.DispatchOptions {
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
