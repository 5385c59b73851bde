/** Is this credential or token good, and good for this? Answers with a reason. */
export { createVerifier, type Verifier, type VerifyRequest, type VerifyAnswer } from './verify.ts'
