import type { Digests } from '../../encryption/digests.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { createFailureCounter, type FailureCounter } from '../../platform/failure-counter.ts'
import { networkOf } from '../../platform/network.ts'

const WINDOW_MS = 5 * 60_000
const BURST_MS = 60_000
/** The maximum of failures per window for one subject and network, and for one member. */
const FAILURES_MAX = 10
/** The maximum of failures per window for one network. */
const FAILURES_OF_NETWORK_MAX = 300

/** One attempt to present a password or a one-time code. Counts as a failure until it succeeds. */
export type Attempt = {
  /** Removes the failure that was counted when the attempt started. */
  readonly recordSuccess: () => void
  /** Counts a rejection. Returns true for the first one in a minute, which belongs in the audit log. */
  readonly recordRejection: () => boolean
}

/**
 * Starts an attempt from the caller's network. Counts a failure before the result is known, so that
 * concurrent attempts cannot exceed the limit. Other networks are not affected.
 *
 * @param subject the kind of secret, with the member or the e-mail address where there is one
 * @throws {AppError} `rate_limited` after too many failures
 */
export function startAttempt(
  ctx: Pick<Context, 'ip' | 'clock' | 'digests'>,
  subject: string,
): Attempt {
  const { perSubject, perNetwork, rejections } = limitersOf(ctx)
  const network = networkOf(ctx.ip ?? '')
  const key = `${network} ${subject}`
  requireNotBlocked(perSubject.blockedForSeconds(key) ?? perNetwork.blockedForSeconds(network))
  perSubject.recordFailure(key)
  perNetwork.recordFailure(network)
  return {
    recordSuccess: () => {
      perSubject.undoFailure(key)
      perNetwork.undoFailure(network)
    },
    recordRejection: () => rejections.recordFailure(key) === 1,
  }
}

/**
 * Starts an attempt at a member's second factor. Counts failures of all networks together: the caller
 * already knows the password, and many networks could guess six digits.
 *
 * @throws {AppError} `rate_limited` after too many failures
 */
export function startSecondFactorAttempt(
  ctx: Pick<Context, 'clock' | 'digests'>,
  memberId: string,
): Pick<Attempt, 'recordSuccess'> {
  const { perMember } = limitersOf(ctx)
  requireNotBlocked(perMember.blockedForSeconds(memberId))
  perMember.recordFailure(memberId)
  return { recordSuccess: () => perMember.undoFailure(memberId) }
}

function requireNotBlocked(waitSeconds: number | undefined): void {
  if (waitSeconds === undefined) return
  throw new AppError('rate_limited', {
    detail: 'Too many failed attempts. Retry after the time in Retry-After.',
    retryAfterSeconds: waitSeconds,
  })
}

type Limiters = {
  readonly perMember: FailureCounter
  readonly perSubject: FailureCounter
  readonly perNetwork: FailureCounter
  readonly rejections: FailureCounter
}

// Keyed by the digest functions, which are unique to one running program.
const limiters = new WeakMap<Digests, Limiters>()

function limitersOf({ clock, digests }: Pick<Context, 'clock' | 'digests'>): Limiters {
  const existing = limiters.get(digests)
  if (existing !== undefined) return existing
  const created = {
    perMember: createFailureCounter(clock, { failuresMax: FAILURES_MAX, windowMs: WINDOW_MS }),
    perSubject: createFailureCounter(clock, { failuresMax: FAILURES_MAX, windowMs: WINDOW_MS }),
    perNetwork: createFailureCounter(clock, {
      failuresMax: FAILURES_OF_NETWORK_MAX,
      windowMs: WINDOW_MS,
    }),
    rejections: createFailureCounter(clock, { failuresMax: 1, windowMs: BURST_MS }),
  }
  limiters.set(digests, created)
  return created
}
