import type { Sealing } from './envelope.ts'

/** The keys of organizations, opened, in memory. */
export type VaultKeys = {
  /** A key, from memory or by loading it; undefined when there is none, or none that can be opened. */
  readonly find: (id: string, organizationId: string) => Promise<Sealing | undefined>
  /** A key from memory alone. */
  readonly peek: (id: string, organizationId: string) => Sealing | undefined
  /** Forgets all of them: some were destroyed. */
  readonly forget: () => void
}

const KEYS_MAX = 10_000

type Known = { readonly organizationId: string; readonly key: Sealing }

/** Keeps keys that were loaded, at most so many; one load for all who wait. */
export function createVaultKeys(
  { isFresh, keysMax = KEYS_MAX }: { readonly isFresh: () => boolean; readonly keysMax?: number },
  load: (id: string, organizationId: string) => Promise<Sealing | undefined>,
): VaultKeys {
  let known = new Map<string, Known>()
  let loading = new Map<string, Promise<Sealing | undefined>>()

  const peek = (id: string, organizationId: string): Sealing | undefined => {
    const found = known.get(id)
    return found?.organizationId === organizationId ? found.key : undefined
  }
  const keep = (id: string, found: Known): void => {
    const [oldest] = known.keys()
    if (known.size >= keysMax && oldest !== undefined) known.delete(oldest)
    known.set(id, found)
  }
  const loadAndKeep = async (id: string, organizationId: string): Promise<Sealing | undefined> => {
    const into = known
    const key = await load(id, organizationId)
    // What was being read while keys were destroyed is not kept.
    if (key !== undefined && into === known) keep(id, { organizationId, key })
    return key
  }
  return {
    peek,
    find: async (id, organizationId) => {
      if (!isFresh()) return load(id, organizationId)
      const found = peek(id, organizationId)
      if (found !== undefined) return found
      const name = `${organizationId} ${id}`
      const mine = loading
      const running = mine.get(name) ?? loadAndKeep(id, organizationId)
      mine.set(name, running)
      try {
        return await running
      } finally {
        mine.delete(name)
      }
    },
    forget: () => {
      known = new Map()
      loading = new Map()
    },
  }
}
