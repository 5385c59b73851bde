/** Access tokens: minted from credentials, introspected, revoked one by one. */

export { createRevokedTokens, type RevokedTokens } from './revoked-tokens.ts'
export {
  createTokens,
  type OAuthAnswer,
  type OAuthRequest,
  type TokenDeps,
  type Tokens,
  type Use,
} from './tokens.ts'
export { isAccessToken, type LiveToken, type TokenJudgement } from './verify-token.ts'
