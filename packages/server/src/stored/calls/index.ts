/** Calls to third parties, with the values of a connection: through us, signed for the caller, or as a test. */
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
