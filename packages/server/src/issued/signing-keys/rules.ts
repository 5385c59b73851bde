import { AppError } from '../../kernel/app-error.ts'

/** How long verifiers may cache the JWK Set (`Cache-Control: max-age`), in seconds. */
export const JWKS_CACHE_SECONDS = 300

/** How long a new key is published before its first use: one cache lifetime, and as much again for clock differences. */
export const PUBLISH_AHEAD_MS = 2 * JWKS_CACHE_SECONDS * 1_000

/** How long a retired key stays published: the maximum token lifetime, and a minute for clock differences. */
export const PUBLISHED_AFTER_RETIREMENT_MS = (3_600 + 60) * 1_000

/** The properties of a key that determine its state. */
export type KeyDates = {
  readonly kid: string
  readonly algorithm: string
  readonly activatesAt: number
}

/** The state of a key at an instant. */
export type KeyState = {
  readonly status: 'pending' | 'active' | 'retired'
  /** When its successor becomes active; null without a successor. */
  readonly retiresAt: number | null
}

/**
 * Returns the state of a key among the keys of its algorithm. Only the clock determines it: a rotation inserts a
 * single row, so a crash can never leave two active keys, or none.
 */
export function stateAt(key: KeyDates, keys: readonly KeyDates[], nowMs: number): KeyState {
  const successor = inOrder(keys, key.algorithm).find((other) => isAfter(other, key))
  const retiresAt = successor?.activatesAt ?? null
  if (key.activatesAt > nowMs) return { status: 'pending', retiresAt }
  return { status: retiresAt !== null && retiresAt <= nowMs ? 'retired' : 'active', retiresAt }
}

/** Returns the key that signs at an instant; undefined when the algorithm has no key yet. */
export function activeAt<K extends KeyDates>(
  keys: readonly K[],
  algorithm: string,
  nowMs: number,
): K | undefined {
  return inOrder(keys, algorithm).findLast((key) => key.activatesAt <= nowMs)
}

/** Whether verifiers still need a key: until the last token that it signed has expired. */
export function isPublished(key: KeyDates, keys: readonly KeyDates[], nowMs: number): boolean {
  const { retiresAt } = stateAt(key, keys, nowMs)
  return retiresAt === null || nowMs < retiresAt + PUBLISHED_AFTER_RETIREMENT_MS
}

/** Returns the earliest activation after all other keys, even if the clock was set back. */
export function earliestActivation(keys: readonly KeyDates[], algorithm: string): number {
  return (inOrder(keys, algorithm).at(-1)?.activatesAt ?? 0) + 1
}

/** Requires that no rotation is pending. @throws {AppError} `already_exists` */
export function requireNonePending(
  keys: readonly KeyDates[],
  algorithm: string,
  nowMs: number,
): void {
  if (!inOrder(keys, algorithm).some((key) => key.activatesAt > nowMs)) return
  throw new AppError('already_exists', {
    detail: 'A new key is already pending. Wait until it is active, or rotate with `immediately`.',
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
