import type { Arguments, routes } from '@keyporter/contract'
import type { Draft } from './draft.ts'
import type { FormApi } from './form-facts.ts'

/** What the API is asked for. */
export type CreateRequest = Arguments<typeof routes.credentials.create>

/** Writes a form as the API reads it. */
export function requestOf(draft: Draft, api: FormApi, ms: number): CreateRequest {
  const { notes, kind, environment, permissions } = draft
  return {
    name: draft.name.trim(),
    ...(notes.trim() === '' ? {} : { notes }),
    expiresAt: new Date(ms).toISOString(),
    apiId: api.id,
    environment,
    kind,
    ...(kind === 'full_access'
      ? {}
      : { permissions: api.scopes.filter((scope) => permissions.has(scope)) }),
  }
}

/**
 * Gives one idempotency key for as long as the same is asked for: a second click, and a second try after the
 * answer was lost, create nothing twice.
 */
export function keyKeeper(): (request: CreateRequest) => string {
  let last = { text: '', key: '' }
  return (request) => {
    const text = JSON.stringify(request)
    if (text !== last.text) last = { text, key: newKey() }
    return last.key
  }
}

/** Not randomUUID: browsers have that on secure pages alone. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
