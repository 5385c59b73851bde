import { AppError } from '../../kernel/app-error.ts'

/** How long verifiers may keep our key set (`Cache-Control: max-age`), in seconds. */
export const JWKS_CACHE_SECONDS = 300

/** How long before its first use a new key is published: one cache lifetime, and as much again for clocks. */
export const PUBLISH_AHEAD_MS = 2 * JWKS_CACHE_SECONDS * 1_000

/** How long a retired key stays published: the longest token, and a minute for clocks. */
export const PUBLISHED_AFTER_RETIREMENT_MS = (3_600 + 60) * 1_000

/** The facts of a key on which its state depends. */
export type KeyDates = {
  readonly kid: string
  readonly algorithm: string
  readonly activatesAt: number
}

/** What a key is at an instant. */
export type KeyState = {
  readonly status: 'pending' | 'active' | 'retired'
  /** When its successor takes over; null while none is known. */
  readonly retiresAt: number | null
}

/**
 * The state of a key among the keys of its algorithm, decided by the clock alone: a rotation is one
 * inserted row, so there is no moment at which a crash could leave two active keys, or none.
 */
export function stateAt(key: KeyDates, keys: readonly KeyDates[], nowMs: number): KeyState {
  const successor = inOrder(keys, key.algorithm).find((other) => isAfter(other, key))
  const retiresAt = successor?.activatesAt ?? null
  if (key.activatesAt > nowMs) return { status: 'pending', retiresAt }
  return { status: retiresAt !== null && retiresAt <= nowMs ? 'retired' : 'active', retiresAt }
}

/** The key that signs at an instant; undefined when the algorithm has none yet. */
export function activeAt<K extends KeyDates>(
  keys: readonly K[],
  algorithm: string,
  nowMs: number,
): K | undefined {
  return inOrder(keys, algorithm).findLast((key) => key.activatesAt <= nowMs)
}

/** Whether verifiers still need a key: until the last token that it signed is dead. */
export function isPublished(key: KeyDates, keys: readonly KeyDates[], nowMs: number): boolean {
  const { retiresAt } = stateAt(key, keys, nowMs)
  return retiresAt === null || nowMs < retiresAt + PUBLISHED_AFTER_RETIREMENT_MS
}

/** The earliest instant at which a new key comes after every other one, also when the clock was set back. */
export function earliestActivation(keys: readonly KeyDates[], algorithm: string): number {
  return (inOrder(keys, algorithm).at(-1)?.activatesAt ?? 0) + 1
}

/** Only one rotation at a time: a key that waits must take over before the next is made. */
export function requireNonePending(
  keys: readonly KeyDates[],
  algorithm: string,
  nowMs: number,
): void {
  if (!inOrder(keys, algorithm).some((key) => key.activatesAt > nowMs)) return
  throw new AppError('already_exists', {
    detail:
      'A new key is already published and about to take over. Rotate immediately to use it now.',
  })
}

function inOrder<K extends KeyDates>(keys: readonly K[], algorithm: string): readonly K[] {
  return keys
    .filter((key) => key.algorithm === algorithm)
    .sort((a, b) => a.activatesAt - b.activatesAt || (a.kid < b.kid ? -1 : 1))
}

function isAfter(a: KeyDates, b: KeyDates): boolean {
  return a.activatesAt > b.activatesAt || (a.activatesAt === b.activatesAt && a.kid > b.kid)
}
