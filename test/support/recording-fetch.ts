/** A request that the `fetch` received. */
export type RecordedRequest = {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string | undefined
  readonly init: RequestInit
}

/** Returns a response, or throws as `fetch` throws. */
export type FetchResponder = (
  request: RecordedRequest,
  index: number,
) => Response | Promise<Response>

/** A `fetch` that records its requests. */
export type RecordingFetch = typeof fetch & { readonly seen: readonly RecordedRequest[] }

/** Creates a `fetch` that records every request, and passes it to `respond`. */
export function recordingFetch(respond: FetchResponder): RecordingFetch {
  const seen: RecordedRequest[] = []
  const record = async (
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> => {
    const request = {
      method: init.method ?? 'GET',
      url: input instanceof Request ? input.url : String(input),
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : undefined,
      init,
    }
    seen.push(request)
    return respond(request, seen.length - 1)
  }
  return Object.assign(record, { seen })
}

/** Returns a response with a JSON body. */
export function json(body: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  })
}
