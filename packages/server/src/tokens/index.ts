/** Access tokens: minted from credentials, introspected, revoked one by one. */

export { isAccessToken, type LiveToken, type TokenJudgement } from './judge.ts'
export { createRevokedTokens, type RevokedTokens } from './revoked-tokens.ts'
export {
  createTokens,
  type OAuthAnswer,
  type OAuthRequest,
  type TokenDeps,
  type Tokens,
  type Use,
} from './tokens.ts'
