/** Is this credential or token good, and good for this? Answers with a reason. */
export { createVerifier, type Verifier, type VerifyAnswer, type VerifyRequest } from './verify.ts'
