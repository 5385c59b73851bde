import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import { createFetchToken } from './fetch-token.ts'
import { startConsent } from './start-consent.ts'
import type { UpstreamTokens } from './upstream-tokens.ts'

/** The routes of consent and of upstream tokens. */
export function upstreamTokenRoutes(
  tokens: Pick<UpstreamTokens, 'fetchNewToken'>,
): readonly RouteHandler[] {
  return [
    handle(routes.connections.authorize, startConsent),
    handle(routes.connections.fetchToken, createFetchToken(tokens)),
  ]
}
