/** Access tokens: minted from credentials, introspected, revoked one by one. */
export {
  createTokens,
  type OAuthAnswer,
  type OAuthRequest,
  type TokenDeps,
  type Tokens,
  type Use,
} from './tokens.ts'
export { createRevokedTokens, type RevokedTokens } from './revoked-tokens.ts'
export { isAccessToken, type LiveToken, type TokenJudgement } from './judge.ts'
