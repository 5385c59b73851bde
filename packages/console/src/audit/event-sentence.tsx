import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import type { AuditEvent } from './audit-event.ts'
import { ActorLink, EntityLink } from './entity-link.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** Renders an event as a sentence, such as "Ada revoked Zeus (reason: leaked)". */
export function EventSentence({ event }: { readonly event: AuditEvent }): ReactNode {
  const sentence = <Sentence key="sentence" event={event} />
  const { reason } = event
  return (
    <Text component="span" size="sm" style={{ overflowWrap: 'anywhere' }}>
      {reason === null
        ? sentence
        : text.rich('withReason', { sentence, reason: reasonInWords(reason) })}
    </Text>
  )
}

/** Returns the text of a reason. Reasons of the server are codes; members enter free text. */
export function reasonInWords(reason: string): string {
  const key = `reason.${reason}`
  return text.has(key) ? text(key) : reason
}

function Sentence({ event }: { readonly event: AuditEvent }) {
  const { action, actor, target } = event
  const key = `action.${action}`
  // The server may be newer than this page and send unknown actions.
  if (!text.has(key)) return <>{action}</>
  return text.rich(key, {
    actor: <ActorLink key="actor" actor={actor} />,
    target: <EntityLink key="target" entity={target} />,
    self: String(actor.id !== null && actor.id === target.id),
    about: aboutOf(target),
  })
}

/** The member or credential of a rejected authentication may be unknown. */
function aboutOf({ type, id }: AuditEvent['target']): string {
  if (id !== null) return type
  return type === 'member' ? 'unknown_member' : 'unknown'
}
