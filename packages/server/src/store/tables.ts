import type { Generated } from 'kysely'

/**
 * The tables. `open.ts` maps the camelCase names to snake_case columns. Ids and digests are TEXT,
 * instants are milliseconds UTC, booleans are 0 or 1, and JSON is TEXT that each feature's
 * `rows.ts` parses.
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
  /** Codes for the setup and for invitations. Stored as digests. */
  linkCodes: {
    digest: string
    purpose: string
    memberId: string | null
    organizationId: string | null
    createdAt: number
    expiresAt: number
    usedAt: number | null
  }
  /** The encrypted TOTP secret of a member, and a pending one that is not confirmed yet. */
  totpSecrets: {
    memberId: string
    organizationId: string
    encryptedSecret: string | null
    /** The time step of the last accepted code. */
    lastStep: number
    encryptedPendingSecret: string | null
    pendingExpiresAt: number
  }
  /** Recovery codes: each replaces a TOTP code and works once. Stored as digests. */
  recoveryCodes: {
    digest: string
    memberId: string
    organizationId: string
    createdAt: number
    usedAt: number | null
  }
  /** Console sessions of members. */
  sessions: {
    id: string
    /** The digest of the session token. */
    digest: string
    memberId: string
    organizationId: string
    ip: string
    userAgent: string
    createdAt: number
    lastSeenAt: number
    expiresAt: number
    /** When the session was ended before its expiry, for example by signing out. */
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
    /** JSON list of organization ids; null grants the API to all organizations. */
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
    /** The name in lower case, for searching and sorting: the same on both engines. */
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
    /** The part of the secret that people may see. */
    hint: string
    createdAt: number
    expiresAt: number | null
    revokedAt: number | null
  }
  /** The last use of a credential, a secret, an integration or a connection. Written in batches. */
  lastUses: { subjectId: string; organizationId: string; at: number; ip: string }
  /** The number of requests of a credential per hour, outcome and permission. */
  usageCounters: {
    credentialId: string
    organizationId: string
    /** The start of the hour. */
    hour: number
    outcome: string
    /** A requested permission. Empty in the row that counts all requests with this outcome. */
    permission: string
    count: number
  }
  signingKeys: {
    kid: string
    algorithm: string
    publicJwk: string
    encryptedPrivateKey: string | null
    createdAt: number
    activatesAt: number
    destroyedAt: number | null
  }
  /** The keys that encrypt the secrets of organizations. The root key encrypts these keys. */
  organizationKeys: {
    id: string
    organizationId: string
    /** Null when the key is destroyed. */
    encryptedKey: string | null
    /** The approximate number of encryptions. */
    encryptionCount: number
    createdAt: number
    /** From this instant on the key only decrypts. */
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
    /** JSON list; the values of secret headers are null. */
    headers: string
    /** The encrypted values of the secret headers, by name. */
    encryptedHeaders: string | null
    /** The version of the row at the last encryption: a part of the encryption context. */
    headersVersion: number
    /** JSON: the authentication type and its settings. */
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
    /**
     * The organization of the encryption key: the owner, or the organization of the integration for
     * `shared`.
     */
    organizationId: string
    kind: string
    /** JSON: the settings of the connection. */
    auth: string
    /** JSON list: the names of the encrypted secret fields. */
    secrets: string
    /** JSON list; the values of secret headers are null. */
    headers: string
    /** The secrets, the secret headers, and their destinations. Null if they were deleted. */
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
  /** Started OAuth consents. */
  upstreamConsents: {
    /** The digest of the `state` parameter. */
    digest: string
    connectionId: string
    organizationId: string
    memberId: string | null
    encryptedVerifier: string
    createdAt: number
    expiresAt: number
    usedAt: number | null
  }
  /** Access tokens that were revoked before their expiry. */
  revokedTokens: {
    jti: string
    credentialId: string
    organizationId: string
    revokedAt: number
    expiresAt: number
  }
  /** The hash chains of the audit log: one for each organization. */
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
    /**
     * HMAC of `hash` under the audit key: write access to the database alone cannot forge the
     * chain.
     */
    mac: string
  }
  /**
   * The last event of each organization's chain with its HMAC: proves that the end was not
   * truncated.
   */
  auditHeads: { organizationId: string; sequence: number; hash: string; mac: string }
  /** The change feed: records of changes, from which every node invalidates its caches. */
  changes: {
    seq: Generated<number>
    kind: string
    organizationId: string
    subjectId: string
    at: number
  }
  /** The first request with each idempotency key, and its response. */
  idempotencyKeys: {
    principal: string
    key: string
    fingerprint: string
    claimant: string
    /** The resource that the request has changed, in the transaction of the change. */
    targetId: string | null
    status: number | null
    body: string | null
    createdAt: number
    expiresAt: number
  }
}
