import { needsToken } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { readIntegration, readSlot, type Slot } from '../connection-lookup/index.ts'
import { findPlace, requireIntegration, requireOwner } from '../integrations/index.ts'
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
  const slot = await findSlot(ctx, integration.id, owner.id)
  const connection = slot?.kind === 'found' ? asTokenConnection(slot.resolved) : undefined
  if (connection !== undefined) return connection
  const detail =
    slot?.kind === 'lost' ? slot.detail : 'No credentials are stored for this organization.'
  throw new AppError('connection_missing', { detail })
}

/**
 * Returns the decrypted connection with this id; undefined if it is deleted, unusable, or needs no
 * token.
 */
export async function findTokenConnection(
  deps: Pick<Context, 'db' | 'organizationEncryption'>,
  connectionId: string,
): Promise<TokenConnection | undefined> {
  const place = await findPlace(deps.db, connectionId)
  const slot = place && (await findSlot(deps, place.integrationId, place.owner))
  return slot?.kind === 'found' ? asTokenConnection(slot.resolved) : undefined
}

async function findSlot(
  deps: Pick<Context, 'db' | 'organizationEncryption'>,
  integrationId: string,
  owner: string,
): Promise<Slot | undefined> {
  const facts = await readIntegration(deps, integrationId)
  return facts && readSlot(deps, facts, owner)
}
