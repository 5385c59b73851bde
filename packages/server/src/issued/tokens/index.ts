/** Access tokens: minting, verification, introspection and revocation; authentication of requests. */

export { type Authenticator, createAuthenticator, toActor } from './authenticate-credential.ts'
export { createRevokedTokens } from './revoked-tokens.ts'
export {
  createTokens,
  type OAuthRequest,
  type OAuthResponse,
  type Tokens,
} from './tokens.ts'
export { createTokenVerifier } from './verify-token.ts'
