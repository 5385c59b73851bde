import { Group, Radio, Stack, Text, TextInput } from '@mantine/core'
import { Panel } from '../../components/panel.tsx'
import type { Submission } from '../../components/submission.ts'
import { exactInstant } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Draft } from './draft.ts'
import {
  type ExpiryChoice,
  type ExpiryTerms,
  expiryFault,
  expiryInstant,
  latestExpiry,
  offeredExpiries,
  typedOf,
} from './expiry.ts'
import { formatExpiry, zoneName } from './format-expiry.ts'
import messages from './messages.json'

const text = catalogue(messages)

type ExpiryFieldsProps = {
  readonly draft: Draft
  readonly terms: ExpiryTerms
  readonly submission: Submission
  readonly onChange: (changes: Partial<Draft>) => void
}

/** Selects the expiry and shows the exact instant in the member's time zone and in UTC. */
export function ExpiryFields({ draft, terms, submission, onChange }: ExpiryFieldsProps) {
  const offered = offeredExpiries(terms.policy)
  const ms = expiryInstant(draft.expiry, draft, terms)
  const choose = (value: string): void => {
    submission.touch('expiresAt')
    const expiry = offered.find((choice) => choice === value) ?? 'custom'
    onChange({ expiry, ...(expiry === 'custom' ? startOf(draft, ms, terms) : {}) })
  }
  return (
    <Panel title={text('expires')}>
      <Stack gap="sm">
        <Radio.Group aria-label={text('expires')} value={draft.expiry} onChange={choose}>
          <Group gap="md">
            {offered.map((choice: ExpiryChoice) => (
              <Radio key={choice} value={choice} label={text(`expiry.${choice}`)} />
            ))}
          </Group>
        </Radio.Group>
        {draft.expiry === 'custom' && (
          <TypedExpiryFields
            draft={draft}
            terms={terms}
            submission={submission}
            onChange={onChange}
          />
        )}
        <Text size="sm" c="dimmed" aria-live="polite">
          {ms === undefined ? text('expiryIncomplete') : caption(ms, terms.timeZone)}
        </Text>
        {draft.expiry !== 'custom' && submission.fieldError('expiresAt') !== undefined && (
          <Text size="sm" c="red" role="alert">
            {submission.fieldError('expiresAt')}
          </Text>
        )}
      </Stack>
    </Panel>
  )
}

function TypedExpiryFields({ draft, terms, submission, onChange }: ExpiryFieldsProps) {
  const { nowMs, timeZone } = terms
  const change = (changes: Partial<Draft>): void => {
    submission.touch('expiresAt')
    onChange(changes)
  }
  const error = submission.fieldError('expiresAt')
  return (
    <Group align="flex-start" gap="md">
      <TextInput
        type="date"
        label={text('date')}
        value={draft.date}
        min={typedOf(nowMs, timeZone).date}
        max={typedOf(latestExpiry(terms), timeZone).date}
        onChange={(event) => change({ date: event.currentTarget.value })}
        error={error}
        maw="16rem"
      />
      <TextInput
        type="time"
        label={text('timeIn', { zone: zoneName(nowMs, timeZone) })}
        value={draft.time}
        onChange={(event) => change({ time: event.currentTarget.value })}
        error={error !== undefined}
      />
    </Group>
  )
}

/** Returns the error message for the selected expiry, if it is invalid. */
export function expiryFaultText(draft: Draft, terms: ExpiryTerms): string | undefined {
  const fault = expiryFault(expiryInstant(draft.expiry, draft, terms), terms)
  if (fault === undefined) return undefined
  if (fault === 'incomplete') return text('expiryIncomplete')
  if (fault === 'past') return text('expiryPast')
  const latest = new Date(latestExpiry(terms)).toISOString()
  return text('expiryTooLate', { latest: exactInstant(latest, terms.timeZone) })
}

/** Returns the initial custom date: the expiry selected before. */
function startOf(draft: Draft, ms: number | undefined, terms: ExpiryTerms): Partial<Draft> {
  return draft.date === '' ? typedOf(ms ?? latestExpiry(terms), terms.timeZone) : {}
}

function caption(ms: number, timeZone: string): string {
  const words = { ...formatExpiry(ms, timeZone) }
  if (timeZone === 'UTC') return text('captionUtc', words)
  return text(words.date === words.utcDate ? 'caption' : 'captionOtherDay', words)
}
