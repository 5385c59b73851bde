import type { Arguments, routes } from '@keyporter/contract'
import type { Draft } from './draft.ts'
import type { FormApi } from './form-options.ts'

/** The arguments of the create request. */
export type CreateRequest = Arguments<typeof routes.credentials.create>

/** Builds the create request from the form. */
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
 * Returns a function that reuses the idempotency key while the request is unchanged, so that a second click or a
 * retry after a lost response does not create a second credential.
 */
export function idempotencyKeySource(): (request: CreateRequest) => string {
  let last = { text: '', key: '' }
  return (request) => {
    const text = JSON.stringify(request)
    if (text !== last.text) last = { text, key: newKey() }
    return last.key
  }
}

/** `crypto.randomUUID` is only available in secure contexts. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
