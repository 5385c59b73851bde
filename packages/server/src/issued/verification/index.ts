/** Verification of credentials and access tokens for the operator's APIs. */
export { createVerifier, type Verifier, type VerifyRequest } from './verify.ts'
