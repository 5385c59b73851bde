/** Upstream tokens: access tokens that connections obtain by OAuth 2.0 or a login request, and consent. */
export {
  type ConsentOutcome,
  type ConsentReturn,
  createConsentCompletion,
} from './complete-consent.ts'
export { upstreamTokenRoutes } from './routes.ts'
export { isTokenAuth } from './token-rules.ts'
export { createUpstreamTokens, type UpstreamTokens } from './upstream-tokens.ts'
