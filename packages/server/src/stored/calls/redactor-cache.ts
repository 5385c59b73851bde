import type { ResolvedConnection } from '../connection-lookup/index.ts'
import { createMasker, type Masker } from './redactor.ts'

/** Caches the redactors of recent calls, because creating one costs more than a small call. */
export type MaskerMemory = {
  /** Returns undefined if there is nothing to redact. */
  readonly of: (connection: ResolvedConnection, secrets: readonly string[]) => Masker | undefined
}

type Entry = { readonly secrets: readonly string[]; readonly masker: Masker | undefined }

/** About 10 MB of memory. */
const MASKERS_MAX = 1_000

/** Creates an empty cache. */
export function createMaskerMemory(): MaskerMemory {
  const known = new Map<string, Entry>()
  return {
    of: ({ integrationId, connectionId }, secrets) => {
      if (secrets.length === 0) return undefined
      const place = connectionId ?? integrationId
      const entry = known.get(place)
      if (entry !== undefined && isSame(entry.secrets, secrets)) return entry.masker
      const masker = createMasker(secrets)
      known.delete(place)
      if (known.size >= MASKERS_MAX) known.delete(known.keys().next().value ?? '')
      known.set(place, { secrets, masker })
      return masker
    },
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, index) => text === others[index])
}
