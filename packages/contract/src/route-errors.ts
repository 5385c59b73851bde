import type { ErrorCode } from './errors.ts'
import type { Route } from './route.ts'

type Condition = (route: Route) => boolean

const always: Condition = () => true
const isSignedIn: Condition = ({ access }) => access !== 'public'
const hasBody: Condition = ({ body }) => body !== undefined
const isScoped: Condition = ({ organization, access }) =>
  organization !== false && access !== 'public'
const isIdempotent: Condition = (route) => route.method === 'POST' && isSignedIn(route)

/**
 * The errors that routes answer beside their own, and which routes do. A path under a method that it
 * does not have is `method_not_allowed`, which therefore no route answers itself.
 */
export const commonErrors = {
  invalid_request: always,
  malformed_json: hasBody,
  unauthenticated: isSignedIn,
  invalid_token: isSignedIn,
  insufficient_permissions: ({ access }) => Array.isArray(access),
  cross_origin: ({ method }) => method !== 'GET',
  not_found: (route) => isScoped(route) || route.feature !== undefined,
  method_not_allowed: () => false,
  payload_too_large: hasBody,
  uri_too_long: always,
  unsupported_media_type: hasBody,
  headers_too_large: always,
  idempotency_in_flight: isIdempotent,
  idempotency_key_reused: isIdempotent,
  rate_limited: always,
  internal: always,
  unavailable: always,
} as const satisfies Partial<Record<ErrorCode, Condition>>

/** Every error that a route can answer: its own, and the common ones that apply to it. */
export function errorsOf(route: Route): readonly ErrorCode[] {
  const common = Object.entries<Condition>(commonErrors)
    .filter(([, applies]) => applies(route))
    .map(([code]) => code)
    .filter(isCommonError)
  return [...new Set([...common, ...route.errors])]
}

function isCommonError(code: string): code is keyof typeof commonErrors {
  return Object.hasOwn(commonErrors, code)
}
