/** Access tokens: minting, verification, introspection and revocation. */

export { createRevokedTokens, type RevokedTokens } from './revoked-tokens.ts'
export {
  createTokens,
  type OAuthRequest,
  type OAuthResponse,
  type TokenDeps,
  type Tokens,
  type Use,
} from './tokens.ts'
export { isAccessToken, type TokenVerification, type VerifiedToken } from './verify-token.ts'
