import { VisuallyHidden } from '@mantine/core'
import { useCurrentSession } from '../api/session.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { exactInstant, relativeInstant } from './time.ts'

const text = catalogue(messages)

type InstantProps = {
  /** RFC 3339; null if it has not happened. */
  readonly at: string | null
  /** Text for null; "Never" by default. */
  readonly absent?: string
  /** `exact`: date, time and zone. `relative`: "3 days ago", with the exact time as title. */
  readonly form?: 'exact' | 'relative'
}

/** A time in the member's language and time zone. Exact times include the zone. */
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

/** Returns the member's selected time zone; undefined for the browser's time zone. */
export function useTimeZone(): string | undefined {
  const { preferences } = useCurrentSession()
  return preferences?.timeZone ?? undefined
}
