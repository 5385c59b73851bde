import * as z from 'zod'
import { auditActionNames } from './event-types.ts'
import { actorOut, boundedText, instant, instantOut, listQuery, page } from './fields.ts'
import { defineRoute } from './route.ts'

/** One event of the hash-chained audit log. */
const AuditEvent = z
  .object({
    id: z.string(),
    sequence: z.int(),
    at: instantOut,
    action: z.string(),
    actor: actorOut,
    target: z.object({ type: z.string(), id: z.string().nullable(), name: z.string() }),
    organizationId: z.string(),
    outcome: z.enum(['success', 'refused']),
    reason: z.string().nullable(),
    ip: z.string().nullable(),
    requestId: z.string().nullable(),
    /** The previous and the new value of each changed field. Never contains a secret. */
    changes: z.record(z.string(), z.object({ from: z.unknown(), to: z.unknown() })),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEvent' })

const head = z.object({ sequence: z.int(), hash: z.string() }).meta({ id: 'AuditHead' })

export const list = defineRoute({
  operationId: 'listAuditEvents',
  method: 'GET',
  path: '/v1/audit-events',
  tag: 'audit-events',
  summary:
    'List the audit events of the organization, newest first. As CSV or NDJSON (Accept): all matching events in one response, oldest first.',
  access: ['AUDIT_READ'],
  audit: { none: 'reads' },
  query: z.strictObject({
    ...listQuery.shape,
    action: z.enum(auditActionNames).optional(),
    actorId: boundedText(64).optional(),
    targetId: boundedText(64).optional(),
    outcome: z.enum(['success', 'refused']).optional(),
    from: instant.optional(),
    /** Exclusive. */
    to: instant.optional(),
    /**
     * Default: `-sequence` for pages, `sequence` for CSV and NDJSON. Filtered results are sorted by time
     * first, which differs from the sequence only if a clock was set back.
     */
    sort: z.enum(['sequence', '-sequence']).optional(),
  }),
  status: 200,
  response: page(AuditEvent),
  alsoProduces: ['text/csv', 'application/x-ndjson'],
  errors: ['invalid_cursor', 'not_acceptable'],
})

export const verify = defineRoute({
  operationId: 'verifyAuditEvents',
  method: 'GET',
  path: '/v1/audit-events/verify',
  tag: 'audit-events',
  summary: 'Verify the hash chain: every event is present, unchanged and in order.',
  access: ['AUDIT_READ'],
  audit: { none: 'reads' },
  query: z.strictObject({
    /** With `hash`: a chain head stored outside Keyporter. Proves that the log was not truncated before it. */
    sequence: z
      .string()
      .regex(/^[0-9]{1,15}$/)
      .optional(),
    hash: z.string().max(128).optional(),
  }),
  status: 200,
  response: z.object({
    intact: z.boolean(),
    checked: z.int(),
    head,
    firstProblem: z.object({ sequence: z.int(), kind: z.string(), detail: z.string() }).optional(),
  }),
  errors: [],
})
