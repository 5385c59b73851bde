import * as z from 'zod'
import { auditActions } from './audit-actions.ts'
import { actorOut, instant, instantOut, listQuery, lookupText, page } from './fields.ts'
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
    /** Field → before and after. Never a secret. */
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
    'The organization’s audit log, newest first. As CSV or NDJSON (Accept): every matching event at once, oldest first.',
  access: ['AUDIT_READ'],
  audit: { none: 'reads' },
  query: z.strictObject({
    ...listQuery.shape,
    action: z.enum(Object.keys(auditActions) as [keyof typeof auditActions]).optional(),
    actorId: lookupText(64).optional(),
    targetId: lookupText(64).optional(),
    outcome: z.enum(['success', 'refused']).optional(),
    from: instant.optional(),
    /** Exclusive. */
    to: instant.optional(),
    /**
     * Unless given, `-sequence` for pages, `sequence` for CSV and NDJSON. What filters chose is sorted by
     * time first: another order than that of the numbers only where a clock was set back.
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
  summary: 'Recompute the whole chain: is every event there, unchanged and in order?',
  access: ['AUDIT_READ'],
  audit: { none: 'reads' },
  query: z.strictObject({
    /** A head that was kept elsewhere: proves that nothing after it was cut off. */
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
