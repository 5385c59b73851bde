import { needsToken } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { type LookupResult, readConnection, readIntegration } from '../connection-lookup/index.ts'
import { findIntegrationAndOwner, requireIntegration, requireOwner } from '../integrations/index.ts'
import { asTokenConnection } from './record-token.ts'
import type { TokenConnection } from './stored-token.ts'

/** A connection as a path names it: an integration, and an organization's id or `shared`. */
export type NamedConnection = { readonly id: string; readonly organization: string }

/**
 * Returns the decrypted connection that a path names. Its authentication type must need a token.
 *
 * @throws {AppError} `not_found`, `connection_missing`, `operation_not_supported`
 */
export async function requireTokenConnection(
  ctx: Context,
  { id, organization }: NamedConnection,
): Promise<TokenConnection> {
  const integration = await requireIntegration(ctx, id)
  const owner = await requireOwner(ctx, integration, organization)
  const { kind } = integration.auth
  if (!needsToken(kind)) {
    throw new AppError('operation_not_supported', {
      detail: `The authentication type ${kind} does not use tokens.`,
    })
  }
  const result = await lookUp(ctx, integration.id, owner.id)
  const connection = result?.kind === 'found' ? asTokenConnection(result.resolved) : undefined
  if (connection !== undefined) return connection
  const detail =
    result?.kind === 'unusable' ? result.detail : 'No credentials are stored for this organization.'
  throw new AppError('connection_missing', { detail })
}

/**
 * Returns the decrypted connection with this ID; undefined if it is deleted, unusable, or needs no
 * token.
 */
export async function findTokenConnection(
  deps: Pick<Context, 'db' | 'organizationEncryption'>,
  connectionId: string,
): Promise<TokenConnection | undefined> {
  const found = await findIntegrationAndOwner(deps.db, connectionId)
  const result = found && (await lookUp(deps, found.integrationId, found.owner))
  return result?.kind === 'found' ? asTokenConnection(result.resolved) : undefined
}

async function lookUp(
  deps: Pick<Context, 'db' | 'organizationEncryption'>,
  integrationId: string,
  owner: string,
): Promise<LookupResult | undefined> {
  const integration = await readIntegration(deps, integrationId)
  return integration && readConnection(deps, integration, owner)
}
