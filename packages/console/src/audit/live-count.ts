import { useEffect, useRef, useState } from 'react'
import { announce } from '../components/announcer.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { AuditEvent } from './audit-event.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Polling interval of the live mode. */
export const LIVE_MS = 3_000

/**
 * Returns how many events arrived since live mode was turned on. Announces the number, because
 * announcing each event would be too much for screen readers.
 */
export function useLiveCount(isLive: boolean, events: readonly AuditEvent[] | undefined): number {
  const last = useRef<number | undefined>(undefined)
  const [count, setCount] = useState(0)
  useEffect(() => {
    if (isLive) return
    last.current = undefined
    setCount(0)
  }, [isLive])
  useEffect(() => {
    if (!isLive || events === undefined) return
    const newest = Math.max(0, ...events.map(({ sequence }) => sequence))
    const seen = last.current ?? newest
    const newCount = events.filter(({ sequence }) => sequence > seen).length
    last.current = Math.max(seen, newest)
    if (newCount === 0) return
    announce(text('newEvents', { count: newCount }))
    setCount((before) => before + newCount)
  }, [isLive, events])
  return count
}
