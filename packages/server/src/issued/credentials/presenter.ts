import type { Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import { type ApiSummary, readApiSummaries } from '../apis/index.ts'
import { type StoredCredential, type StoredSecret, selectSecrets } from './rows.ts'
import { currentPermissions, lifespanAt, statusAt } from './rules.ts'
import { selectRecentRequests } from './warning-rows.ts'
import { type RecentRequests, warningsAt } from './warnings.ts'

/** The API resource of a credential, without secrets, with the version for its `ETag`. */
export type CredentialResource = Output<typeof routes.credentials.get> & {
  readonly version: number
}

/** Loads the related rows of credentials and returns their API resources, in the same order. */
export async function toResources(
  ctx: Context,
  credentials: readonly StoredCredential[],
): Promise<CredentialResource[]> {
  const ids = credentials.map(({ id }) => id)
  const apiIds = [...new Set(credentials.map(({ apiId }) => apiId))]
  const organizationId = credentials[0]?.organizationId ?? ctx.organizationId
  const [secrets, apis, requests] = await Promise.all([
    selectSecrets(ctx.db, organizationId, ids),
    readApiSummaries(ctx.db, apiIds),
    selectRecentRequests(ctx.db, organizationId, { ids, nowMs: ctx.clock.now() }),
  ])
  const secretsOf = Map.groupBy(secrets, ({ credentialId }) => credentialId)
  const apiOf = new Map(apis.map((api) => [api.id, api]))
  return credentials.map((credential) => {
    const api = apiOf.get(credential.apiId)
    if (api === undefined) throw new TypeError('A credential has no API')
    return presentCredential(ctx, {
      credential,
      api,
      secrets: secretsOf.get(credential.id) ?? [],
      recentRequests: requests.get(credential.id),
    })
  })
}

/** Loads the related rows of a credential and returns its API resource. */
export async function toResource(
  ctx: Context,
  credential: StoredCredential,
): Promise<CredentialResource> {
  const [resource] = await toResources(ctx, [credential])
  if (resource === undefined) throw new TypeError('A credential has no resource')
  return resource
}

/** Returns the API resource of a credential. */
export function presentCredential(
  { clock, publicUrl }: Pick<Context, 'clock' | 'publicUrl'>,
  {
    credential,
    api,
    secrets,
    recentRequests,
  }: {
    readonly credential: StoredCredential
    readonly api: ApiSummary
    readonly secrets: readonly StoredSecret[]
    readonly recentRequests: RecentRequests | undefined
  },
): CredentialResource {
  const now = clock.now()
  const permissions = currentPermissions(credential, api)
  const { endedAt, activeSeconds } = lifespanAt(credential, now)
  return {
    id: credential.id,
    clientId: credential.clientId,
    name: credential.name,
    notes: credential.notes,
    status: statusAt(credential, now),
    environment: credential.environment,
    kind: credential.kind,
    permissions: [...permissions],
    scope: permissions.join(' '),
    createdAt: formatInstant(credential.createdAt),
    createdBy: credential.createdBy,
    updatedAt: formatInstant(credential.updatedAt),
    expiresAt: formatInstant(credential.expiresAt),
    revokedAt: instantOrNull(credential.revokedAt),
    revokedBy: credential.revokedBy,
    revokedReason: credential.revokedReason,
    endedAt: instantOrNull(endedAt),
    activeSeconds,
    lastUsedAt: instantOrNull(credential.lastUse?.at ?? null),
    lastUsedFrom: credential.lastUse?.ip ?? null,
    warnings: [...warningsAt({ ...credential, recentRequests }, now)],
    secrets: secrets.map((secret) => ({
      id: secret.id,
      hint: secret.hint,
      createdAt: formatInstant(secret.createdAt),
      lastUsedAt: instantOrNull(secret.lastUse?.at ?? null),
      expiresAt: instantOrNull(secret.expiresAt),
    })),
    organizationId: credential.organizationId,
    apiId: credential.apiId,
    apiIdentifier: api.identifier,
    issuer: publicUrl,
    tokenUrl: `${publicUrl}/oauth/token`,
    version: credential.version,
  }
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms)
}
