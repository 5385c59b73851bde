/** Setup of the first organization: from environment variables, or by a person with a setup code. */
export { type BootstrapDeps, bootstrap } from './bootstrap.ts'
export { setupRoutes } from './routes.ts'
export { removeSetupCode } from './setup-code.ts'
