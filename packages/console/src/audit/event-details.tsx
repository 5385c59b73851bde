import { Button, Group, Stack } from '@mantine/core'
import { Instant } from '../components/instant.tsx'
import { number } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import classes from './audit.module.css'
import type { AuditEvent } from './audit-event.ts'
import { ChangeList } from './change-list.tsx'
import { reasonInWords } from './event-sentence.tsx'
import type { AuditSearch } from './filters.ts'
import messages from './messages.json'

const text = catalogue(messages)

type EventDetailsProps = {
  readonly event: AuditEvent
  /** Filters the list by an actor or a target. */
  readonly onFilter: (filter: AuditSearch) => void
  /** Whether the list already shows one target only. */
  readonly isOfTarget: boolean
}

/** All fields of an event, including its position in the hash chain. */
export function EventDetails({ event, onFilter, isOfTarget }: EventDetailsProps) {
  const { actor, target, reason, requestId } = event
  const fields: readonly (readonly [string, React.ReactNode])[] = [
    [text('exactTime'), <Instant key="at" at={event.at} form="exact" />],
    [text('actor'), entityText(actor)],
    [text('target'), entityText(target)],
    ...(reason === null ? [] : [[text('reason'), reasonInWords(reason)] as const]),
    ...(requestId === null
      ? []
      : [[text('requestId'), <Mono key="id">{requestId}</Mono>] as const]),
    [text('sequence'), number(event.sequence)],
    [text('hash'), <Mono key="hash">{event.hash}</Mono>],
    [text('previousHash'), <Mono key="previous">{event.previousHash}</Mono>],
  ]
  return (
    <Stack gap="md" py="xs">
      <ChangeList event={event} />
      <dl className={classes.facts}>
        {fields.map(([name, value]) => (
          <div key={name} className={classes.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Group gap="xs">
        {actor.id !== null && (
          <Button {...wrapped} onClick={() => onFilter({ actor: actor.id ?? '' })}>
            {text('onlyActor', { name: actor.name })}
          </Button>
        )}
        {target.id !== null && !isOfTarget && (
          <Button {...wrapped} onClick={() => onFilter({ target: target.id ?? '' })}>
            {text('onlyTarget', { name: target.name })}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

/** Long names wrap. */
const wrapped = {
  size: 'xs',
  variant: 'default',
  h: 'auto',
  mih: 30,
  py: 4,
  styles: { label: { whiteSpace: 'normal', overflowWrap: 'anywhere', textAlign: 'start' } },
} as const

function Mono({ children }: { readonly children: string }) {
  return <span className="mono">{children}</span>
}

function entityText({ id, name }: { readonly id: string | null; readonly name: string }): string {
  return id === null ? name : text('nameAndId', { name, id })
}
