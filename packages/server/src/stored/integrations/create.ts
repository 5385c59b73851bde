import type { Input, Output, routes } from '@keyporter/contract'
import { generateId } from '@keyporter/protocol'
import { toActorReference } from '../../kernel/actor.ts'
import { describeListChange } from '../../kernel/audit-diff.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import { judgeAddress } from './addresses.ts'
import { judgeSettings } from './check-settings.ts'
import { sealHeaders } from './encrypted-headers.ts'
import { requireNoProblems } from './field-problems.ts'
import { decideHeaders, describeHeaders, noHeaderValues } from './headers.ts'
import { present } from './presenter.ts'
import { reservedFor } from './reserved-headers.ts'
import { type IntegrationDraft, insertIntegration } from './rows.ts'

type Route = typeof routes.integrations.create

/**
 * Creates an integration. Its environment cannot be changed later.
 *
 * @throws {AppError} `address_not_allowed`, `invalid_request`
 */
export async function createIntegration(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  const { checkUrl } = ctx.outbound
  const address = judgeAddress(body.baseUrl, { pointer: '/baseUrl', use: 'base', judge: checkUrl })
  const { settings, problems } = judgeSettings(body.auth ?? { kind: 'none' }, checkUrl)
  const decided = decideHeaders(body.headers ?? [], {
    reserved: (name) => reservedFor(settings, name),
    kept: noHeaderValues,
  })
  requireNoProblems([...(address.ok ? [] : [address.problem]), ...problems, ...decided.problems])
  const now = ctx.clock.now()
  const by = toActorReference(ctx.actor)
  const draft: IntegrationDraft = {
    id: generateId('intg', now, ctx.random),
    organizationId: ctx.organizationId,
    name: body.name,
    notes: body.notes ?? '',
    baseUrl: address.ok ? address.url : '',
    environment: body.environment ?? 'production',
    organizationSpecific: body.organizationSpecific ?? false,
    sharedFallback: body.sharedFallback ?? false,
    contentType: body.contentType,
    headers: decided.headers,
    encryptedHeaders: null,
    headersVersion: 1,
    auth: settings,
    createdAt: now,
    createdBy: by,
    updatedAt: now,
    updatedBy: by,
    version: 1,
  }
  return ctx.mutate(async (tx) => {
    const made = { ...draft, encryptedHeaders: await sealHeaders(ctx, tx, draft, decided.values) }
    await insertIntegration(tx, made)
    return {
      result: present({ ...made, lastUsedAt: null }, undefined),
      audit: auditCreated(made),
    }
  })
}

function auditCreated(made: IntegrationDraft): AuditEntry {
  const set = (to: unknown) => ({ from: null, to })
  return {
    action: 'integration.created',
    target: { type: 'integration', id: made.id, name: made.name },
    changes: {
      name: set(made.name),
      ...(made.notes === '' ? {} : { notes: set(made.notes) }),
      baseUrl: set(made.baseUrl),
      environment: set(made.environment),
      organizationSpecific: set(made.organizationSpecific),
      sharedFallback: set(made.sharedFallback),
      contentType: set(made.contentType),
      ...(made.headers.length === 0
        ? {}
        : { headers: describeListChange(...describeHeaders([], made.headers)) }),
      auth: set(made.auth),
    },
  }
}
