import type { Clock } from '../platform/clock.ts'
import { appendChanges } from '../store/change-feed.ts'
import type { Store, Writer } from '../store/open.ts'
import {
  type EncryptedColumn,
  type EncryptedValue,
  type KeyFilter,
  replaceCiphertext,
  selectEncryptedWith,
} from './encrypted-columns.ts'
import type { EncryptionContext } from './envelope.ts'

/** The steps of a re-encryption: from any key to the current one. */
export type ReEncryption = {
  readonly store: Store
  readonly clock: Clock
  /** Decrypts a ciphertext; undefined when it cannot be decrypted. */
  readonly decrypt: (value: EncryptedValue) => Promise<Uint8Array | undefined>
  /** Encrypts under the current key. */
  readonly encrypt: (
    tx: Writer,
    plaintext: Uint8Array,
    context: EncryptionContext,
  ) => Promise<string>
  /** Reports a ciphertext that cannot be decrypted and remains unchanged. */
  readonly skip: (column: EncryptedColumn, value: EncryptedValue) => void
}

const BATCH = 50

/**
 * Re-encrypts all ciphertexts of a column that are under a key, in small transactions. It can be
 * interrupted at any point, repeated, and run by several nodes at once; every ciphertext remains
 * decryptable.
 */
export async function reEncryptColumn(
  reEncryption: ReEncryption,
  { column, filter }: { readonly column: EncryptedColumn; readonly filter: KeyFilter },
  signal: AbortSignal,
): Promise<void> {
  let after = ''
  while (!signal.aborted) {
    const query = { ...filter, after, limit: BATCH }
    const values = await selectEncryptedWith(reEncryption.store.reader, column, query)
    const last = values.at(-1)
    if (last === undefined) return
    after = last.context.record
    await reEncryptBatch(reEncryption, column, values)
  }
}

async function reEncryptBatch(
  { store, clock, decrypt, encrypt, skip }: ReEncryption,
  column: EncryptedColumn,
  values: readonly EncryptedValue[],
): Promise<void> {
  const decrypted: { readonly value: EncryptedValue; readonly plaintext: Uint8Array }[] = []
  for (const value of values) {
    const plaintext = await decrypt(value)
    if (plaintext === undefined) skip(column, value)
    else decrypted.push({ value, plaintext })
  }
  if (decrypted.length === 0) return
  await store.transact(async (tx) => {
    const replaced: EncryptedValue[] = []
    for (const { value, plaintext } of decrypted) {
      const replacement = await encrypt(tx, plaintext, value.context)
      if (await replaceCiphertext(tx, column, { ...value, replacement })) replaced.push(value)
    }
    const { change } = column
    if (change === undefined || replaced.length === 0) return
    // The append lock orders the feed: take it as the last step of the transaction.
    await store.lockAppends(tx)
    const changes = replaced.map(({ context }) => ({
      kind: change,
      organizationId: context.organization,
      subjectId: context.record,
    }))
    await appendChanges(tx, changes, clock.now())
    await store.notifyOnCommit(tx)
  })
}
