import type { Clock } from '../platform/clock.ts'
import { appendChanges } from '../store/change-feed.ts'
import type { Store, Writer } from '../store/open.ts'
import {
  replaceSealed,
  type SealedColumn,
  type SealedValue,
  selectUnderKey,
  type UnderKey,
} from './encrypted-columns.ts'

/** How values are put under another key. */
export type Resealing = {
  readonly store: Store
  readonly clock: Clock
  /** Opens a value; undefined when it cannot be opened. */
  readonly open: (value: SealedValue) => Promise<Uint8Array | undefined>
  /** Seals it in its place under the present key. */
  readonly seal: (tx: Writer, plaintext: Uint8Array, place: SealedValue['place']) => Promise<string>
  /** Told of a value that does not open, and is left as it is. */
  readonly skip: (column: SealedColumn, value: SealedValue) => void
}

const BATCH = 50

/**
 * Puts every value of a column that is under a key under another one, in small transactions. It can be
 * interrupted anywhere, done again, and done by several nodes at once: what opened before opens after.
 */
export async function resealColumn(
  resealing: Resealing,
  { column, under }: { readonly column: SealedColumn; readonly under: UnderKey },
  signal: AbortSignal,
): Promise<void> {
  let after = ''
  while (!signal.aborted) {
    const query = { ...under, after, limit: BATCH }
    const values = await selectUnderKey(resealing.store.reader, column, query)
    const last = values.at(-1)
    if (last === undefined) return
    after = last.place.record
    await resealValues(resealing, column, values)
  }
}

async function resealValues(
  { store, clock, open, seal, skip }: Resealing,
  column: SealedColumn,
  values: readonly SealedValue[],
): Promise<void> {
  const opened: { readonly value: SealedValue; readonly plaintext: Uint8Array }[] = []
  for (const value of values) {
    const plaintext = await open(value)
    if (plaintext === undefined) skip(column, value)
    else opened.push({ value, plaintext })
  }
  if (opened.length === 0) return
  await store.transact(async (tx) => {
    const replaced: SealedValue[] = []
    for (const { value, plaintext } of opened) {
      const by = await seal(tx, plaintext, value.place)
      if (await replaceSealed(tx, column, { ...value, by })) replaced.push(value)
    }
    const { change } = column
    if (change === undefined || replaced.length === 0) return
    // Last in the transaction, as every change of the feed.
    await store.lockAppends(tx)
    const changes = replaced.map(({ place }) => ({
      kind: change,
      organizationId: place.organization,
      subjectId: place.record,
    }))
    await appendChanges(tx, changes, clock.now())
    await store.announce(tx)
  })
}
