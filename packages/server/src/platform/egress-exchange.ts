import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { EgressError, toEgressError } from './egress-faults.ts'
import { answerHeaders, requestHeaders } from './egress-headers.ts'
import type { EgressAnswer, EgressLimits, EgressRequest } from './egress-request.ts'

const BODY_BUFFER_BYTES = 65_536
const EMPTY = Buffer.alloc(0)

type Controller = Dispatcher.DispatchController
type AnswerHead = Pick<EgressAnswer, 'status' | 'headers'>

/** What the caller hears: an answer, or a fault; then pieces of the body until its end, or a fault. */
type Listener = {
  readonly answer: (answer: EgressAnswer) => void
  readonly fail: (error: EgressError) => void
  /** Nothing more will come; the exchange went well. */
  readonly end: () => void
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
    const flow = createFlow(limits, {
      answer: resolve,
      fail: (error) => {
        release()
        reject(error)
      },
      end: () => release(),
    })
    const abort = (): void => flow.fail(new EgressError('aborted', { cause: signal?.reason }))
    const release = (): void => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
    else dispatcher.dispatch(options, flow.handler)
  })
}

/** One exchange as the HTTP client reports it. Ends once: well, or by its first fault. */
function createFlow(limits: EgressLimits, listener: Listener) {
  let controller: Controller | undefined
  let head: AnswerHead | undefined
  let body: Readable | undefined
  let isOver = false
  let bytesLeft = limits.bodyBytesMax
  const early: Buffer[] = []
  const end = (): boolean => {
    if (isOver) return false
    isOver = true
    clearTimeout(waiting)
    return true
  }
  const fail = (error: EgressError): void => {
    if (!end()) return
    listener.fail(error)
    controller?.abort(error)
    body?.destroy(error)
  }
  // For as long as the request waits for a connection, its own or one that others leave.
  const waiting = setTimeout(() => fail(new EgressError('timed_out')), limits.connectMs)
  // All that came in one piece with the head has been reported by then.
  const deliver = (started: Controller): void => {
    if (head === undefined) return
    if (isOver) return listener.answer(wholeAnswer(head, early))
    body = createBody(started, () => fail(new EgressError('aborted')))
    listener.answer({ ...head, whole: undefined, body })
    for (const chunk of early) body.push(chunk)
  }
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (started) => {
      clearTimeout(waiting)
      controller = started
      if (isOver) started.abort(new EgressError('aborted'))
    },
    onResponseStart: (started, status) => {
      // RFC 9110 §15.2: interim answers may be ignored.
      if (status < 200) return
      head = { status, headers: answerHeaders(started.rawHeaders) }
      queueMicrotask(() => deliver(started))
    },
    onResponseData: (started, chunk) => {
      bytesLeft -= chunk.length
      if (bytesLeft < 0) fail(new EgressError('too_large'))
      else if (body === undefined) early.push(chunk)
      else if (!body.push(chunk)) started.pause()
    },
    onResponseEnd: () => {
      if (!end()) return
      listener.end()
      body?.push(null)
    },
    onResponseError: (_, error) => fail(toEgressError(error)),
  }
  return { handler, fail }
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
      body ??= Readable.from(whole.length === 0 ? [] : [whole], { objectMode: false })
      return body
    },
  }
}

function createBody(controller: Controller, abandon: () => void): Readable {
  return new Readable({
    highWaterMark: BODY_BUFFER_BYTES,
    read: () => controller.resume(),
    destroy: (error, done) => {
      abandon()
      done(error)
    },
  })
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
