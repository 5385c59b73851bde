import { AppError } from '../app-error.ts'
import type { Context } from '../context.ts'
import type { ResolvedConnection } from './resolved.ts'

/** A token of the other side, and where it stands in a call: as the values of the kind `bearer`. */
export type UpstreamToken = {
  readonly token: string
  /** Empty for none. */
  readonly prefix: string
  readonly header: string
}

/** The tokens with which connections sign in whose kind has to fetch one. */
export type UpstreamTokens = {
  /**
   * The token of a connection whose `auth` is a {@link TokenAuth}: from memory where it is still good, else
   * fetched, by one caller for all that wait, on every node.
   *
   * @throws {AppError} `upstream_refused`, `upstream_failed`, `upstream_timeout`, `address_not_allowed`,
   *   `connection_missing` (a person has to sign in first), `unavailable`
   */
  readonly tokenFor: (resolved: ResolvedConnection) => Promise<UpstreamToken>
  /** Fetches a new one whatever there is, and audits it. Throws as {@link UpstreamTokens.tokenFor} does. */
  readonly fetchAnew: (ctx: Context, resolved: ResolvedConnection) => Promise<void>
}

/** Makes the keeper of tokens. */
export function createUpstreamTokens(): UpstreamTokens {
  const refuse = async (): Promise<never> => {
    throw new AppError('upstream_failed')
  }
  return { tokenFor: refuse, fetchAnew: refuse }
}
