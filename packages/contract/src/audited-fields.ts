import * as z from 'zod'
import { Api } from './apis.ts'
import { Connection } from './connections.ts'
import { Credential } from './credentials.ts'
import { Integration } from './integrations.ts'
import { Member } from './members.ts'
import { Organization } from './organizations.ts'
import { secret } from './secret.ts'
import { Preferences } from './sessions.ts'
import { headerOut } from './upstream-auth.ts'

/** A header value can be a credential even if the header is not marked as secret. */
const headers = z.array(headerOut.extend({ value: secret(headerOut.shape.value) }))

/**
 * The fields of each resource that audit events compare. Values of secret fields are compared, but not
 * recorded.
 */
export const auditedFields = {
  organization: Organization.pick({ name: true, slug: true, features: true, policy: true }),
  member: Member.pick({ email: true, name: true, privileges: true, status: true }),
  preferences: Preferences,
  api: Api.pick({
    name: true,
    slug: true,
    identifier: true,
    scopes: true,
    operations: true,
    tokenTtlSeconds: true,
    signingAlgorithm: true,
    organizations: true,
  }).extend({ permissions: z.array(Api.shape.permissions.element.omit({ scopes: true })) }),
  credential: Credential.pick({
    name: true,
    notes: true,
    clientId: true,
    apiId: true,
    environment: true,
    kind: true,
    expiresAt: true,
    permissions: true,
  }),
  integration: Integration.pick({
    name: true,
    notes: true,
    baseUrl: true,
    environment: true,
    organizationSpecific: true,
    sharedFallback: true,
    contentType: true,
    auth: true,
  }).extend({ headers }),
  connection: Connection.pick({ auth: true, expiresAt: true }).extend({
    headers,
    secrets: z.array(z.object({ name: z.string(), value: secret(z.unknown()) })),
  }),
} as const satisfies Record<string, z.ZodObject>
