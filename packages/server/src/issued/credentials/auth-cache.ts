import { hash } from 'node:crypto'
import { createVerifiedCache } from '@keyporter/protocol'
import { type RecognizeDeps, whyRefused } from './find-by-secret.ts'
import type { RecognizedSecret } from './registry.ts'

/** Knows again, by the `Authorization` header that presented it, a secret that was recognized before. */
export type Readmission = {
  /** What the header presents, where that is known and good now; undefined says nothing at all. */
  readonly find: (header: string) => RecognizedSecret | undefined
  /** Remembers a header. Only ever call it with one whose secret was recognized. */
  readonly remember: (header: string, recognized: RecognizedSecret) => void
}

const REMEMBERED_MAX = 20_000

/**
 * Makes an empty memory of headers. One header presents one secret for ever, so reading it, its keyed
 * digest and the comparison need not be repeated; whatever can change is judged anew each time. The
 * registry must still hold the very object that was recognized: every change of a credential, its secrets
 * or its api takes that away, and it shows none while the change feed is not fresh. The clock is asked
 * again. What is not found goes the ordinary way, which alone refuses.
 *
 * Kept is the SHA-256 of a header, which has the 256 random bits of its secret, never the header.
 */
export function createReadmission({
  registry,
  clock,
}: Pick<RecognizeDeps, 'registry' | 'clock'>): Readmission {
  const remembered = createVerifiedCache<RecognizedSecret>({ entriesMax: REMEMBERED_MAX })
  return {
    find: (header) => {
      const known = remembered.get(digestOf(header))
      if (known === undefined) return undefined
      const held = registry.peek({ by: 'id', value: known.credential.id })
      const isGood = held === known.credential && whyRefused(known, clock.now()) === undefined
      return isGood ? known : undefined
    },
    remember: (header, recognized) => remembered.set(digestOf(header), recognized),
  }
}

function digestOf(header: string): string {
  return hash('sha256', header, 'base64url')
}
