import { VisuallyHidden } from '@mantine/core'
import { useWhoAmI } from '../api/session.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { exactInstant, relativeInstant } from './time.ts'

const text = catalogue(messages)

type InstantProps = {
  /** RFC 3339; null for what has not happened. */
  readonly at: string | null
  /** What stands there for null; "Never" unless given. */
  readonly absent?: string
  /** `exact`: date, time and zone; `relative`: "3 days ago", and the exact one for who asks. */
  readonly form?: 'exact' | 'relative'
}

/** An instant in the words and the time zone of whoever reads it. Every exact one names its zone. */
export function Instant({ at, absent, form = 'relative' }: InstantProps) {
  const timeZone = useTimeZone()
  if (at === null) return <span>{absent ?? text('never')}</span>
  const exact = exactInstant(at, timeZone)
  if (form === 'exact') return <time dateTime={at}>{exact}</time>
  return (
    <time dateTime={at} title={exact}>
      {relativeInstant(at)}
      <VisuallyHidden> ({exact})</VisuallyHidden>
    </time>
  )
}

/** The time zone that the member chose; undefined for the browser's own. */
export function useTimeZone(): string | undefined {
  const { preferences } = useWhoAmI()
  return preferences?.timeZone ?? undefined
}
