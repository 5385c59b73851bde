import type { Generated } from 'kysely'

/**
 * The tables as the code sees them (columns are snake_case in SQL; `open.ts` maps). Ids and digests are
 * TEXT, instants are milliseconds UTC, JSON is TEXT and parsed in each noun's `rows.ts`, booleans are 0/1.
 */
export type Tables = {
  settings: { name: string; value: string }
  organizations: {
    id: string
    name: string
    slug: string
    operator: number
    features: string
    policy: string
    createdAt: number
    updatedAt: number
    version: number
  }
  members: {
    id: string
    organizationId: string
    email: string
    name: string
    privileges: string
    passwordHash: string | null
    preferences: string
    totpEnabledAt: number | null
    deactivatedAt: number | null
    lastSignedInAt: number | null
    createdAt: number
    updatedAt: number
    version: number
  }
  /** One-time codes: to set the first organization up, or to join as a member. Stored as digests. */
  oneTimeCodes: {
    digest: string
    purpose: string
    memberId: string | null
    organizationId: string | null
    createdAt: number
    expiresAt: number
    usedAt: number | null
  }
  /** The secret of a member's one-time codes, sealed; and one that still has to be confirmed. */
  totpSecrets: {
    memberId: string
    organizationId: string
    sealedSecret: string | null
    /** The time step of the last code that was accepted. */
    lastStep: number
    sealedPending: string | null
    pendingExpiresAt: number
  }
  /** What signs in once in place of a one-time code. Stored as digests. */
  recoveryCodes: {
    digest: string
    memberId: string
    organizationId: string
    createdAt: number
    usedAt: number | null
  }
  sessions: {
    id: string
    digest: string
    memberId: string
    organizationId: string
    ip: string
    userAgent: string
    createdAt: number
    lastSeenAt: number
    expiresAt: number
    endedAt: number | null
  }
  apis: {
    id: string
    organizationId: string
    slug: string
    name: string
    identifier: string
    builtIn: number
    permissions: string
    operations: string
    tokenTtlSeconds: number
    signingAlgorithm: string
    /** JSON list of organization ids, or null: granted to every one. */
    grantedTo: string | null
    createdAt: number
    updatedAt: number
    version: number
  }
  credentials: {
    id: string
    organizationId: string
    apiId: string
    clientId: string
    name: string
    /** The name in lower case: searched and sorted by, alike on both engines. */
    nameKey: string
    notes: string
    environment: string
    kind: string
    permissions: string
    createdAt: number
    createdByType: string
    createdById: string | null
    createdByName: string
    updatedAt: number
    expiresAt: number
    suspendedAt: number | null
    revokedAt: number | null
    revokedByType: string | null
    revokedById: string | null
    revokedByName: string | null
    revokedReason: string | null
    version: number
  }
  credentialSecrets: {
    id: string
    credentialId: string
    organizationId: string
    digest: string
    hint: string
    createdAt: number
    expiresAt: number | null
    revokedAt: number | null
  }
  /** When a credential or one of its secrets was last used; written in batches by usage. */
  lastUses: { subjectId: string; organizationId: string; at: number; ip: string }
  usageCounters: {
    credentialId: string
    organizationId: string
    /** Start of the hour. */
    hour: number
    outcome: string
    /** A permission, or empty for the whole of the requests of that outcome. */
    permission: string
    count: number
  }
  signingKeys: {
    kid: string
    algorithm: string
    publicJwk: string
    sealedPrivateKey: string | null
    createdAt: number
    activatesAt: number
    destroyedAt: number | null
  }
  /** The keys under which an organization's secrets are sealed, themselves sealed under the root key. */
  organizationKeys: {
    id: string
    organizationId: string
    /** Null: destroyed. */
    sealedKey: string | null
    /** About how many values were sealed with it. */
    sealedCount: number
    createdAt: number
    /** Nothing new is sealed with it since. */
    retiredAt: number | null
    destroyedAt: number | null
  }
  integrations: {
    id: string
    organizationId: string
    name: string
    /** The name in lower case. */
    nameKey: string
    notes: string
    baseUrl: string
    environment: string
    organizationSpecific: number
    sharedFallback: number
    contentType: string
    /** JSON list; the value of a secret one is null. */
    headers: string
    /** The encrypted values of the secret headers, by name. */
    encryptedHeaders: string | null
    /** The version of the row at the last encryption: a part of the encryption context. */
    headersVersion: number
    /** JSON: the kind and its settings. */
    auth: string
    kind: string
    createdAt: number
    createdByType: string
    createdById: string | null
    createdByName: string
    updatedAt: number
    updatedByType: string
    updatedById: string | null
    updatedByName: string
    version: number
  }
  connections: {
    id: string
    integrationId: string
    /** An organization's id, or `shared`. */
    owner: string
    /** The organization of the encryption key: the owner, or the organization of the integration for `shared`. */
    organizationId: string
    kind: string
    /** JSON: the settings of the connection. */
    auth: string
    /** JSON list: the names of the encrypted secret fields. */
    secrets: string
    /** JSON list; the value of a secret one is null. */
    headers: string
    /** The secrets, the secret headers, and their allowed origins. Null if they were deleted. */
    encryptedSecrets: string | null
    secretsVersion: number
    status: string
    statusReason: string | null
    expiresAt: number | null
    testedAt: number | null
    createdAt: number
    createdByType: string
    createdById: string | null
    createdByName: string
    updatedAt: number
    updatedByType: string
    updatedById: string | null
    updatedByName: string
    version: number
  }
  /** The upstream tokens of connections. */
  upstreamTokens: {
    connectionId: string
    organizationId: string
    encryptedToken: string | null
    expiresAt: number | null
    encryptedRefreshToken: string | null
    version: number
    /** The claim of the node that fetches the next token. */
    claimedBy: string | null
    claimedUntil: number
    fetchedAt: number | null
  }
  /** Started OAuth consents. The `state` is stored as a digest. */
  upstreamConsents: {
    digest: string
    connectionId: string
    organizationId: string
    memberId: string | null
    encryptedVerifier: string
    createdAt: number
    expiresAt: number
    usedAt: number | null
  }
  revokedTokens: {
    jti: string
    credentialId: string
    organizationId: string
    revokedAt: number
    expiresAt: number
  }
  auditEvents: {
    organizationId: string
    sequence: number
    id: string
    at: number
    action: string
    actorType: string
    actorId: string | null
    actorName: string
    targetType: string
    targetId: string | null
    targetName: string
    outcome: string
    reason: string | null
    ip: string | null
    requestId: string | null
    changes: string
    previousHash: string
    hash: string
    /** HMAC of `hash` under the audit key: who can write the database alone cannot reseal the chain. */
    seal: string
  }
  /** The sealed end of each organization's chain: proves that no tail was cut off. */
  auditHeads: { organizationId: string; sequence: number; hash: string; seal: string }
  changes: {
    seq: Generated<number>
    kind: string
    organizationId: string
    subjectId: string
    at: number
  }
  idempotencyKeys: {
    principal: string
    key: string
    fingerprint: string
    status: number | null
    body: string | null
    createdAt: number
    expiresAt: number
  }
}
