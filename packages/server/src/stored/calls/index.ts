/**
 * Calls to upstreams with the credentials of a connection: proxied, signed for the caller, or as a
 * connection check.
 */
export type { CallDeps } from './call-deps.ts'
export {
  type ProxyDeps,
  type ProxyRequest,
  type ProxyResponse,
  type ProxyResponseBody,
  proxyCall,
} from './proxy-call.ts'
export { createRedactorCache } from './redactor-cache.ts'
export { callRoutes } from './routes.ts'
export { createSigningContext } from './signing-context.ts'
