import type { Digests } from '../../encryption/digests.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { type Attempts, createAttempts } from '../../platform/failure-counter.ts'
import { networkOf } from '../../platform/network.ts'

const WINDOW_MS = 5 * 60_000
const BURST_MS = 60_000
// Per network: how often one thing may be tried in vain, and how often everything together.
const FAILURES_MAX = 10
const FAILURES_OF_NETWORK_MAX = 300

/** One try at something secret: a password, a one-time code. Counted as a failure until it is none. */
export type Attempt = {
  /** Says that it was no failure. */
  readonly recordSuccess: () => void
  /** Says that it was refused; true when that begins a burst, and so belongs into the audit log. */
  readonly recordRejection: () => boolean
}

/**
 * Begins a try at something secret from the caller's network. Counting comes before the outcome is known,
 * so that many at once gain nothing. Who comes from elsewhere is not held up.
 *
 * @param what names what is tried, the person included where there is one
 * @throws {AppError} `rate_limited` when too many have failed
 */
export function startAttempt(
  ctx: Pick<Context, 'ip' | 'clock' | 'digests'>,
  what: string,
): Attempt {
  const { perThing, perNetwork, refusals } = countersOf(ctx)
  const network = networkOf(ctx.ip ?? '')
  const thing = `${network} ${what}`
  requireNotBlocked(perThing.blockedForSeconds(thing) ?? perNetwork.blockedForSeconds(network))
  perThing.fail(thing)
  perNetwork.fail(network)
  return {
    recordSuccess: () => {
      perThing.forgive(thing)
      perNetwork.forgive(network)
    },
    recordRejection: () => refusals.fail(thing) === 1,
  }
}

/**
 * Counts a try at a member's second factor, wherever it comes from: who gets here knows the password, and
 * six digits would not withstand many networks.
 *
 * @throws {AppError} `rate_limited` when too many have failed
 */
export function startSecondFactorAttempt(
  ctx: Pick<Context, 'clock' | 'digests'>,
  memberId: string,
): Pick<Attempt, 'recordSuccess'> {
  const { perMember } = countersOf(ctx)
  requireNotBlocked(perMember.blockedForSeconds(memberId))
  perMember.fail(memberId)
  return { recordSuccess: () => perMember.forgive(memberId) }
}

function requireNotBlocked(waitSeconds: number | undefined): void {
  if (waitSeconds === undefined) return
  throw new AppError('rate_limited', {
    detail: 'Too many failed attempts. Wait before the next one.',
    retryAfterSeconds: waitSeconds,
  })
}

type Counters = {
  readonly perMember: Attempts
  readonly perThing: Attempts
  readonly perNetwork: Attempts
  readonly refusals: Attempts
}

// The counters of one running program, whose digest keys are nobody else's. They end with it.
const counters = new WeakMap<Digests, Counters>()

function countersOf({ clock, digests }: Pick<Context, 'clock' | 'digests'>): Counters {
  const known = counters.get(digests)
  if (known !== undefined) return known
  const made = {
    perMember: createAttempts(clock, { failuresMax: FAILURES_MAX, windowMs: WINDOW_MS }),
    perThing: createAttempts(clock, { failuresMax: FAILURES_MAX, windowMs: WINDOW_MS }),
    perNetwork: createAttempts(clock, {
      failuresMax: FAILURES_OF_NETWORK_MAX,
      windowMs: WINDOW_MS,
    }),
    refusals: createAttempts(clock, { failuresMax: 1, windowMs: BURST_MS }),
  }
  counters.set(digests, made)
  return made
}
