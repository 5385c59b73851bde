import { Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useWhoAmI } from '../api/session.ts'
import { Instant } from '../components/instant.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { usePreferences } from './use-preferences.ts'

const text = catalogue(messages)
const UTC = 'UTC'
const browserZone = new Intl.DateTimeFormat().resolvedOptions().timeZone
const zones = Intl.supportedValuesOf('timeZone')

type Way = 'browser' | 'utc' | 'picked'

/** Selects the time zone in which the console shows times. */
export function TimeZoneChoice() {
  const kept = useWhoAmI().preferences?.timeZone ?? null
  const [isPicking, setPicking] = useState(false)
  const save = usePreferences()
  const submission = useSubmission()
  const keep = (timeZone: string | null): void => void submission.run(() => save({ timeZone }))
  const way = isPicking ? 'picked' : wayOf(kept)
  const choose = (chosen: string): void => {
    setPicking(chosen === 'picked')
    if (chosen === 'browser') keep(null)
    if (chosen === 'utc') keep(UTC)
  }
  return (
    <Stack gap="sm">
      <Radio.Group label={text('timeZone')} value={way} onChange={choose}>
        <Stack gap="xs" mt="xs">
          <Radio value="browser" label={text('zone.browser', { zone: browserZone })} />
          <Radio value="utc" label={text('zone.utc')} />
          <Radio value="picked" label={text('zone.other')} />
        </Stack>
      </Radio.Group>
      {way === 'picked' && <ZonePicker kept={kept ?? ''} onPick={keep} />}
      {submission.error !== undefined && <Problem error={submission.error} />}
      <Text size="sm" c="dimmed">
        {text.rich('currentTime', {
          at: <Instant key="at" at={new Date().toISOString()} form="exact" />,
        })}
      </Text>
    </Stack>
  )
}

type ZonePickerProps = { readonly kept: string; readonly onPick: (zone: string) => void }

/** Text input with the browser's native, searchable suggestions. */
function ZonePicker({ kept, onPick }: ZonePickerProps) {
  const [typed, setTyped] = useState(kept === UTC ? '' : kept)
  const [isLeft, setLeft] = useState(false)
  const isKnown = (name: string): boolean => zones.includes(name)
  return (
    <>
      <TextInput
        label={text('zoneName')}
        description={text('zoneNameHint')}
        list="time-zones"
        maw={320}
        value={typed}
        onChange={(event) => {
          const { value } = event.currentTarget
          setTyped(value)
          setLeft(false)
          if (isKnown(value)) onPick(value)
        }}
        onBlur={() => setLeft(true)}
        error={isLeft && typed !== '' && !isKnown(typed) ? text('unknownZone') : undefined}
        autoComplete="off"
        spellCheck={false}
      />
      <datalist id="time-zones">
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  )
}

function wayOf(timeZone: string | null): Way {
  if (timeZone === null) return 'browser'
  return timeZone === UTC ? 'utc' : 'picked'
}
