/** The Keyporter server: issues, verifies and revokes API credentials, on SQLite or PostgreSQL. */
export { compose, type Overrides, type Program } from './compose.ts'
export { type Config, type ConfigOutcome, parseConfig } from './config.ts'
export { type Host, serve } from './serve.ts'
