import { useEffect, useRef, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { type Submission, useSubmission } from '../../components/submission.ts'
import type { Connection } from '../integration.ts'

/** How far the consent of a person has come. */
export type ConsentState = 'ready' | 'waiting' | 'closed' | 'expired' | 'refused' | 'connected'

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

type Begun = { readonly url: string; readonly expiresAt: string; readonly before: string }

const WATCH_MS = 1_000

/** Has a person sign in to the other side in a window of its own, and notices what came of it. */
export function useConsent({ integrationId, organization, connection }: ConsentTerms): Consent {
  const { client } = useActing()
  const submission = useSubmission()
  const opened = useRef<Window | null>(null)
  const [begun, setBegun] = useState<Begun>()
  const [isBlocked, setBlocked] = useState(false)
  const [ended, setEnded] = useState<'closed' | 'expired'>()
  const outcome = begun === undefined ? undefined : outcomeOf(connection, begun.before)
  const isWatching = begun !== undefined && outcome === undefined
  useEffect(() => {
    if (!isWatching) return undefined
    const timer = setInterval(() => {
      if (Date.parse(begun.expiresAt) <= Date.now()) setEnded('expired')
      else if (opened.current?.closed === true) setEnded('closed')
    }, WATCH_MS)
    return () => clearInterval(timer)
  }, [isWatching, begun])
  const start = (): void => {
    // At once, while the browser still knows that somebody pressed a button.
    const popup = window.open('', 'keyporter-consent', 'popup,width=620,height=760')
    opened.current = popup
    setBlocked(popup === null)
    setEnded(undefined)
    const before = stateOf(connection)
    void submission
      .run(async () => {
        const { url, expiresAt } = await client.connections.authorize({
          id: integrationId,
          organization,
        })
        // An address that is a script would run as this page.
        if (!/^https?:\/\//i.test(url)) throw new TypeError('not a web address')
        setBegun({ url, expiresAt, before })
        if (popup === null) return
        // The other side is a stranger: it has no hold of this page.
        popup.opener = null
        popup.location.href = url
      })
      .then((isGood) => !isGood && popup?.close())
  }
  return {
    state: outcome ?? ended ?? (begun === undefined ? 'ready' : 'waiting'),
    url: begun?.url,
    isBlocked,
    submission,
    start,
  }
}

/** What a consent changes about a connection. */
function stateOf(connection: Connection | undefined): string {
  const { version, status, attention, tokenExpiresAt } = connection ?? {}
  return JSON.stringify([version, status, attention, tokenExpiresAt])
}

function outcomeOf(
  connection: Connection | undefined,
  before: string,
): 'connected' | 'refused' | undefined {
  if (connection === undefined || stateOf(connection) === before) return undefined
  return connection.attention === null ? 'connected' : 'refused'
}
