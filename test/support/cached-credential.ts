import { compileMatcher, formatInstant } from '@keyporter/protocol'
import type { CachedCredential } from '../../packages/server/src/issued/credentials/index.ts'
import { contactsApi } from './credentials.ts'

/** A credential of the contacts API as the credential cache holds it, without a store. */
export function cachedCredential(changes: Partial<CachedCredential> = {}): CachedCredential {
  const granted = changes.granted ?? ['CONTACT_READ']
  const expiresAt = changes.expiresAt ?? 10_000
  return {
    id: 'cred_1',
    clientId: 'client_1',
    name: 'Test',
    organizationId: 'org_1',
    operator: true,
    apiId: 'api_1',
    environment: 'production',
    kind: 'scoped',
    permissions: granted,
    suspendedAt: null,
    revokedAt: null,
    secrets: [],
    expiresAt,
    expiresAtText: formatInstant(expiresAt),
    granted,
    grantedSet: new Set(granted),
    grantedJson: JSON.stringify(granted),
    scope: granted.join(' '),
    api: {
      id: 'api_1',
      organizationId: 'org_1',
      slug: 'contacts',
      name: contactsApi.name,
      identifier: contactsApi.identifier,
      builtIn: false,
      permissions: [],
      scopes: granted,
      scopeSet: new Set(granted),
      operations: contactsApi.operations,
      match: compileMatcher(contactsApi.operations),
      tokenTtlSeconds: 3_600,
      signingAlgorithm: 'ES256',
      grantedTo: null,
      createdAt: 0,
      updatedAt: 0,
      version: 1,
    },
    ...changes,
  }
}
