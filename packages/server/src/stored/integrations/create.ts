import type { Input, Output, routes } from '@keyporter/contract'
import { generateId } from '@keyporter/protocol'
import { toActorReference } from '../../kernel/actor.ts'
import type { Context } from '../../kernel/context.ts'
import { checkConfiguredUrl } from './addresses.ts'
import { describeIntegration } from './audit-entry.ts'
import { checkSettings } from './check-settings.ts'
import { encryptHeaders } from './encrypted-headers.ts'
import { requireNoProblems } from './field-problems.ts'
import { decideHeaders, noHeaderValues } from './headers.ts'
import { present } from './presenter.ts'
import { reservedFor } from './reserved-headers.ts'
import { type IntegrationColumns, insertIntegration } from './rows.ts'

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
  const address = checkConfiguredUrl(body.baseUrl, {
    pointer: '/baseUrl',
    use: 'base',
    checkUrl: checkUrl,
  })
  const { settings, problems } = checkSettings(body.auth ?? { kind: 'none' }, checkUrl)
  const decided = decideHeaders(body.headers ?? [], {
    reserved: (name) => reservedFor(settings, name),
    reusable: noHeaderValues,
  })
  requireNoProblems([...(address.ok ? [] : [address.problem]), ...problems, ...decided.problems])
  const now = ctx.clock.now()
  const by = toActorReference(ctx.actor)
  const columns: IntegrationColumns = {
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
    const created = {
      ...columns,
      encryptedHeaders: await encryptHeaders(ctx, tx, columns, decided.secretValues),
    }
    await insertIntegration(tx, created)
    return {
      result: present({ ...created, lastUsedAt: null }, undefined),
      audit: {
        action: 'integration.created',
        target: { type: 'integration', id: created.id, name: created.name },
        changes: describeIntegration(undefined, { stored: created, secrets: decided.secretValues }),
      },
    }
  })
}
