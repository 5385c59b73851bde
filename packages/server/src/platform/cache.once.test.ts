import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cache, createCache } from './cache.ts'

type Row = { readonly id: string; readonly name: string; readonly api: string }

const row: Row = { id: 'id-1', name: 'name-1', api: 'api-1' }

function createRows(isFresh = () => true): Cache<Row> {
  return createCache<Row>({ entriesMax: 2, isFresh, keysOf: ({ id, name }) => [id, name] })
}

/** A read whose end the test decides. */
function startLoad(cache: Cache<Row>, key: string) {
  const { promise, resolve, reject } = Promise.withResolvers<Row | undefined>()
  return { loaded: cache.load(key, () => promise), resolve, reject }
}

describe('does', () => {
  it('a loaded value is found by each of its keys', async () => {
    const cache = createRows()
    expect(await cache.load('id-1', async () => row)).toBe(row)
    expect([cache.peek('id-1'), cache.peek('name-1'), cache.peek('api-1')]).toEqual([
      row,
      row,
      undefined,
    ])
  })

  it('concurrent loads of a key share one read', async () => {
    const cache = createRows()
    const first = startLoad(cache, 'id-1')
    const second = cache.load('id-1', async () => expect.unreachable())
    first.resolve(row)
    expect(await Promise.all([first.loaded, second])).toEqual([row, row])
  })

  it('a load reads again although the value is cached', async () => {
    const cache = createRows()
    cache.set('id-1', row)
    const renamed = { ...row, name: 'name-2' }
    await cache.load('id-1', async () => renamed)
    expect([cache.peek('id-1'), cache.peek('name-1'), cache.peek('name-2')]).toEqual([
      renamed,
      undefined,
      renamed,
    ])
  })

  it('a full cache evicts the value that was added first, with all its keys', () => {
    const cache = createRows()
    for (const at of [1, 2, 3])
      cache.set(`id-${at}`, { id: `id-${at}`, name: `name-${at}`, api: '' })
    const isCached = ['id-1', 'name-1', 'id-2', 'name-2', 'id-3', 'name-3'].map(
      (key) => cache.peek(key) !== undefined,
    )
    expect(isCached).toEqual([false, false, true, true, true, true])
  })

  it('an invalidation of another value does not prevent caching', async () => {
    const cache = createRows()
    const { loaded, resolve } = startLoad(cache, 'id-1')
    cache.invalidate('id-2')
    cache.invalidateWhere(({ api }) => api === 'api-2')
    resolve(row)
    await loaded
    expect(cache.peek('id-1')).toBe(row)
  })
})

describe('refuses', () => {
  const invalidations: readonly [string, (cache: Cache<Row>) => void][] = [
    ['the key that it was loaded by', (cache) => cache.invalidate('id-1')],
    ['another key', (cache) => cache.invalidate('name-1')],
    ['a property', (cache) => cache.invalidateWhere(({ api }) => api === 'api-1')],
    ['all values', (cache) => cache.invalidateAll()],
  ]

  it.each(invalidations)('a value is evicted by %s', async (_, invalidate) => {
    const cache = createRows()
    await cache.load('id-1', async () => row)
    invalidate(cache)
    expect([cache.peek('id-1'), cache.peek('name-1')]).toEqual([undefined, undefined])
  })

  it.each(invalidations)(
    'a read that began before an invalidation by %s is not cached and not joined',
    async (_, invalidate) => {
      const cache = createRows()
      const before = startLoad(cache, 'id-1')
      invalidate(cache)
      const after = startLoad(cache, 'id-1')
      const current = { ...row, api: 'api-2' }
      after.resolve(current)
      expect(await after.loaded).toBe(current)
      before.resolve(row)
      expect(await before.loaded).toBe(row)
      expect([cache.peek('id-1'), cache.peek('name-1')]).toEqual([current, current])
    },
  )

  it('a closed cache returns nothing, shares no read and caches nothing', async () => {
    let fresh = true
    const cache = createRows(() => fresh)
    cache.set('id-1', row)
    fresh = false
    const first = startLoad(cache, 'id-2')
    const second = startLoad(cache, 'id-2')
    expect(cache.peek('id-1')).toBeUndefined()
    first.resolve({ ...row, id: 'id-2', name: 'name-2' })
    second.resolve(undefined)
    expect(await first.loaded).toBeDefined()
    expect(await second.loaded).toBeUndefined()
    fresh = true
    expect([cache.peek('id-1'), cache.peek('id-2')]).toEqual([row, undefined])
  })

  it('an absent value and a failed read are not cached, and the next load reads again', async () => {
    const cache = createRows()
    expect(await cache.load('id-1', async () => undefined)).toBeUndefined()
    const { loaded, reject } = startLoad(cache, 'id-1')
    reject(new Error('unavailable'))
    await expect(loaded).rejects.toThrow('unavailable')
    expect(await cache.load('id-1', async () => row)).toBe(row)
  })

  it('in any order of reads and changes, an open cache returns committed values only and keeps its bound', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, entriesMax) => {
          const model = createModel(entriesMax)
          for (const one of steps) {
            await model.take(one)
            model.check()
          }
          await model.finishAll()
          model.check()
        },
      ),
      { numRuns: 500 },
    )
  })
})

const KEYS: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f']
const key = fc.constantFrom(...KEYS)

/** A step of a random history. `finish` ends one of the reads in progress. */
type Step =
  | { readonly kind: 'load'; readonly key: string }
  | { readonly kind: 'change'; readonly key: string }
  | { readonly kind: 'finish'; readonly at: number }
  | { readonly kind: 'change_group'; readonly group: number }
  | { readonly kind: 'change_all' }
  | { readonly kind: 'close' }
  | { readonly kind: 'open' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('load'), key }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('finish'), at: fc.nat({ max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('change'), key }) },
  fc.record({ kind: fc.constant('change_group'), group: fc.nat({ max: 1 }) }),
  fc.record({ kind: fc.constantFrom('change_all', 'close', 'open') }),
)

type Versioned = { readonly key: string; readonly version: number }

/**
 * A store of versions and a cache in front of it. A read sees the versions of its beginning. While
 * the cache is closed, changes arrive late: when it opens again.
 */
function createModel(entriesMax: number) {
  const committed = new Map<string, number>(KEYS.map((one) => [one, 0]))
  const groupOf = (one: string) => one.charCodeAt(0) % 2
  let isOpen = true
  let late: (() => void)[] = []
  const reading: { readonly finish: () => void; readonly loaded: Promise<void> }[] = []
  const cache = createCache<Versioned>({
    entriesMax,
    isFresh: () => isOpen,
    keysOf: (value) => [value.key, value.key.toUpperCase()],
  })
  const change = (keys: readonly string[], invalidate: () => void): void => {
    for (const one of keys) committed.set(one, (committed.get(one) ?? 0) + 1)
    if (isOpen) invalidate()
    else late.push(invalidate)
  }
  const load = (one: string): void => {
    const atLeast = committed.get(one) ?? 0
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const read = async (): Promise<Versioned> => {
      const version = committed.get(one) ?? 0
      await promise
      return { key: one, version }
    }
    const loaded = cache.load(one, read).then(({ version }) => {
      expect(version).toBeGreaterThanOrEqual(atLeast)
    })
    reading.push({ finish: () => resolve(undefined), loaded })
  }
  const actions: { readonly [K in Step['kind']]: (step: Extract<Step, { kind: K }>) => unknown } = {
    load: ({ key: one }) => load(one),
    change: ({ key: one }) => change([one], () => cache.invalidate(one.toUpperCase())),
    change_group: ({ group }) =>
      change(
        KEYS.filter((one) => groupOf(one) === group),
        () => cache.invalidateWhere((value) => groupOf(value.key) === group),
      ),
    change_all: () => change(KEYS, cache.invalidateAll),
    close: () => (isOpen = false),
    open: () => {
      for (const invalidate of late) invalidate()
      late = []
      isOpen = true
    },
    finish: async ({ at }) => {
      const [read] = reading.splice(at % Math.max(reading.length, 1), 1)
      read?.finish()
      // Without the read that it joined, a load does not end yet.
      await Promise.race([read?.loaded, new Promise((resolve) => setImmediate(resolve))])
    },
  }
  return {
    // safe because the table has an action of the same kind for each step
    take: async (one: Step) => (actions[one.kind] as (step: Step) => unknown)(one),
    finishAll: async () => {
      for (const { finish } of reading) finish()
      await Promise.all(reading.map(({ loaded }) => loaded))
    },
    check: () => {
      const cached = KEYS.filter((one) => cache.peek(one) !== undefined)
      expect(cached.length).toBeLessThanOrEqual(isOpen ? entriesMax : 0)
      for (const one of cached) {
        expect(cache.peek(one)).toEqual({ key: one, version: committed.get(one) })
        expect(cache.peek(one.toUpperCase())).toBe(cache.peek(one))
      }
    },
  }
}
