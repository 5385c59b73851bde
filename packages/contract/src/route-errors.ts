import type { ErrorCode } from './errors.ts'
import { acceptsIdempotencyKey, type Route } from './route.ts'

type Condition = (route: Route) => boolean

const always: Condition = () => true
const isAuthenticated: Condition = ({ access }) => access !== 'public'
const hasBody: Condition = ({ body }) => body !== undefined
const isScoped: Condition = ({ organization, access }) =>
  organization !== false && access !== 'public'

/**
 * The errors that routes share, each with the condition that selects the routes. No route returns
 * `method_not_allowed`: the router returns it when a path has no route for the method.
 */
export const commonErrors = {
  invalid_request: always,
  malformed_json: hasBody,
  unauthenticated: isAuthenticated,
  invalid_token: isAuthenticated,
  insufficient_permissions: ({ access }) => Array.isArray(access),
  cross_origin: ({ method }) => method !== 'GET',
  not_found: (route) => isScoped(route) || route.feature !== undefined,
  method_not_allowed: () => false,
  payload_too_large: hasBody,
  uri_too_long: always,
  unsupported_media_type: hasBody,
  headers_too_large: always,
  idempotency_in_flight: acceptsIdempotencyKey,
  idempotency_key_reused: acceptsIdempotencyKey,
  rate_limited: always,
  internal: always,
  unavailable: always,
  outcome_unknown: ({ method }) => method !== 'GET',
} as const satisfies Partial<Record<ErrorCode, Condition>>

/** Returns every error code that a route can return: its own codes and the shared ones. */
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
