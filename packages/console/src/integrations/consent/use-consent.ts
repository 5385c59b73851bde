import { useEffect, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { type Submission, useSubmission } from '../../components/submission.ts'
import type { Connection } from '../integration.ts'

/** The outcomes that the callback page sends over a same-origin BroadcastChannel. */
const outcomes = ['connected', 'rejected', 'failed', 'expired', 'foreign'] as const
type Outcome = (typeof outcomes)[number]

/** The state of an authorization. */
export type ConsentState = 'ready' | 'waiting' | Outcome

export type Consent = {
  readonly state: ConsentState
  /** The authorization URL, once known. */
  readonly url: string | undefined
  /** Whether the browser blocked the pop-up window. */
  readonly isBlocked: boolean
  readonly submission: Submission
  readonly start: () => void
}

type ConsentTerms = {
  readonly integrationId: string
  readonly organization: string
  /** The connection, polled while waiting. */
  readonly connection: Connection | undefined
}

type PendingConsent = {
  readonly url: string
  readonly expiresAt: string
  /** The state of the connection before the authorization. */
  readonly before: string
}

const CHANNEL = 'keyporter-connect'

/** Runs an OAuth authorization in a pop-up window and reports its outcome. */
export function useConsent({ integrationId, organization, connection }: ConsentTerms): Consent {
  const { client } = useActing()
  const submission = useSubmission()
  const [pending, setPending] = useState<PendingConsent>()
  const [isBlocked, setBlocked] = useState(false)
  const [reported, setReported] = useState<Outcome>()
  useOutcome(integrationId, pending, setReported)
  // An authorization finished in another browser is only visible in the polled connection.
  const isConnected = pending !== undefined && hasChanged(connection, pending.before)
  const start = (): void => {
    // Opened synchronously: browsers block pop-ups that are not a direct result of a click.
    const popup = window.open('', '_blank', 'popup,width=620,height=760')
    setBlocked(popup === null)
    setReported(undefined)
    setPending(undefined)
    void submission
      .run(async () => {
        const asked = { id: integrationId, organization }
        const { url, expiresAt } = await client.connections.authorize(asked)
        // A javascript: URL would run in the origin of this page.
        if (!/^https?:\/\//i.test(url)) throw new TypeError('not a web address')
        setPending({ url, expiresAt, before: stateOf(connection) })
        if (popup === null) return
        // The third-party page must not get a reference to this window.
        popup.opener = null
        popup.location.href = url
      })
      .then((isGood) => !isGood && popup?.close())
  }
  return {
    state: isConnected ? 'connected' : (reported ?? (pending === undefined ? 'ready' : 'waiting')),
    url: pending?.url,
    isBlocked,
    submission,
    start,
  }
}

/**
 * Listens for the outcome, or reports that the authorization expired. Whether the window is still open is unknown,
 * because the opener reference is cut.
 */
function useOutcome(
  integrationId: string,
  pending: PendingConsent | undefined,
  onOutcome: (outcome: Outcome) => void,
): void {
  useEffect(() => {
    if (pending === undefined) return undefined
    const channel = new BroadcastChannel(CHANNEL)
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const outcome = outcomeOf(data, integrationId)
      if (outcome !== undefined) onOutcome(outcome)
    })
    const left = Math.max(0, Date.parse(pending.expiresAt) - Date.now())
    const timer = setTimeout(() => onOutcome('expired'), left)
    return () => {
      channel.close()
      clearTimeout(timer)
    }
  }, [pending, integrationId, onOutcome])
}

function outcomeOf(data: unknown, integrationId: string): Outcome | undefined {
  if (typeof data !== 'object' || data === null || !('outcome' in data)) return undefined
  const about = 'integrationId' in data ? data.integrationId : null
  // Null: the callback could not determine the integration.
  if (about !== null && about !== integrationId) return undefined
  return outcomes.find((known) => known === data.outcome)
}

/** Returns the fields of a connection that an authorization changes. */
function stateOf(connection: Connection | undefined): string {
  const { statusReason, tokenExpiresAt } = connection ?? {}
  return JSON.stringify([statusReason, tokenExpiresAt])
}

function hasChanged(connection: Connection | undefined, before: string): boolean {
  return connection?.status === 'working' && stateOf(connection) !== before
}
