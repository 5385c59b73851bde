/**
 * Calls to upstreams with the credentials of a connection: proxied, signed for the caller, or as a
 * connection check.
 */
export type { CallDeps } from './call-deps.ts'
export {
  type ProxyAnswer,
  type ProxyAnswerBody,
  type ProxyDeps,
  type ProxyRequest,
  proxyCall,
} from './proxy-call.ts'
export { createMaskerMemory } from './redactor-cache.ts'
export { callRoutes } from './routes.ts'
export { createSigningContext } from './signing-context.ts'
