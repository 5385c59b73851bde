import { useEffect, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { type Submission, useSubmission } from '../../components/submission.ts'
import type { Connection } from '../integration.ts'

/** What the page at the end of a consent tells us, by a channel that only pages of ours hear. */
const outcomes = ['connected', 'refused', 'failed', 'expired', 'foreign'] as const
type Outcome = (typeof outcomes)[number]

/** How far the consent of a person has come. */
export type ConsentState = 'ready' | 'waiting' | Outcome

export type Consent = {
  readonly state: ConsentState
  /** Where the person signs in, once that is known. */
  readonly url: string | undefined
  /** Whether the browser let no window open. */
  readonly isBlocked: boolean
  readonly submission: Submission
  readonly start: () => void
}

type ConsentTerms = {
  readonly integrationId: string
  readonly organization: string
  /** The connection, asked for again and again while one waits. */
  readonly connection: Connection | undefined
}

type Begun = {
  readonly url: string
  readonly expiresAt: string
  /** How the connection was doing before. */
  readonly before: string
}

const CHANNEL = 'keyporter-connect'

/** Has a person sign in to the other side in a window of its own, and notices what came of it. */
export function useConsent({ integrationId, organization, connection }: ConsentTerms): Consent {
  const { client } = useActing()
  const submission = useSubmission()
  const [begun, setBegun] = useState<Begun>()
  const [isBlocked, setBlocked] = useState(false)
  const [told, setTold] = useState<Outcome>()
  useOutcome(integrationId, begun, setTold)
  // Whoever finishes in another browser is heard of by what the connection says.
  const isConnected = begun !== undefined && isOtherNow(connection, begun.before)
  const start = (): void => {
    // At once, while the browser still knows that somebody pressed a button.
    const popup = window.open('', '_blank', 'popup,width=620,height=760')
    setBlocked(popup === null)
    setTold(undefined)
    setBegun(undefined)
    void submission
      .run(async () => {
        const asked = { id: integrationId, organization }
        const { url, expiresAt } = await client.connections.authorize(asked)
        // An address that is a script would run as this page.
        if (!/^https?:\/\//i.test(url)) throw new TypeError('not a web address')
        setBegun({ url, expiresAt, before: stateOf(connection) })
        if (popup === null) return
        // The other side is a stranger: it has no hold of this page.
        popup.opener = null
        popup.location.href = url
      })
      .then((isGood) => !isGood && popup?.close())
  }
  return {
    state: isConnected ? 'connected' : (told ?? (begun === undefined ? 'ready' : 'waiting')),
    url: begun?.url,
    isBlocked,
    submission,
    start,
  }
}

/**
 * Hears what came of it, or that its time is over. Whether the window is still open cannot be known: a stranger's
 * page in it is cut off from this one.
 */
function useOutcome(
  integrationId: string,
  begun: Begun | undefined,
  onOutcome: (outcome: Outcome) => void,
): void {
  useEffect(() => {
    if (begun === undefined) return undefined
    const channel = new BroadcastChannel(CHANNEL)
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const outcome = outcomeOf(data, integrationId)
      if (outcome !== undefined) onOutcome(outcome)
    })
    const left = Math.max(0, Date.parse(begun.expiresAt) - Date.now())
    const timer = setTimeout(() => onOutcome('expired'), left)
    return () => {
      channel.close()
      clearTimeout(timer)
    }
  }, [begun, integrationId, onOutcome])
}

function outcomeOf(data: unknown, integrationId: string): Outcome | undefined {
  if (typeof data !== 'object' || data === null || !('outcome' in data)) return undefined
  const about = 'integrationId' in data ? data.integrationId : null
  // Null: it could not be told which one it was about.
  if (about !== null && about !== integrationId) return undefined
  return outcomes.find((known) => known === data.outcome)
}

/** What a consent changes about a connection. */
function stateOf(connection: Connection | undefined): string {
  const { statusReason, tokenExpiresAt } = connection ?? {}
  return JSON.stringify([statusReason, tokenExpiresAt])
}

function isOtherNow(connection: Connection | undefined, before: string): boolean {
  return connection?.status === 'working' && stateOf(connection) !== before
}
