import { createCache } from '../../platform/cache.ts'
import type { ResolvedConnection } from '../connection-lookup/index.ts'
import { createRedactor, type Redactor } from './redactor.ts'

/** Caches the redactors of recent calls, because creating one costs more than a small call. */
export type RedactorCache = {
  /** Returns undefined if there is nothing to redact. */
  readonly of: (connection: ResolvedConnection, secrets: readonly string[]) => Redactor | undefined
}

type Entry = { readonly secrets: readonly string[]; readonly redactor: Redactor | undefined }

/** About 10 MB of memory. */
const REDACTORS_MAX = 1_000

/** Creates an empty cache. */
export function createRedactorCache(): RedactorCache {
  const cache = createCache<Entry>({ entriesMax: REDACTORS_MAX })
  return {
    of: ({ integrationId, connectionId }, secrets) => {
      if (secrets.length === 0) return undefined
      const key = connectionId ?? integrationId
      const entry = cache.peek(key)
      if (entry !== undefined && isEqual(entry.secrets, secrets)) return entry.redactor
      const redactor = createRedactor(secrets)
      cache.set(key, { secrets, redactor })
      return redactor
    },
  }
}

function isEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, index) => text === others[index])
}
