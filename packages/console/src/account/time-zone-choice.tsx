import { Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCurrentSession } from '../api/session.ts'
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

type ZoneMode = 'browser' | 'utc' | 'other'

/** Selects the time zone in which the console shows times. */
export function TimeZoneChoice() {
  const saved = useCurrentSession().preferences?.timeZone ?? null
  const [isOther, setOther] = useState(false)
  const save = usePreferences()
  const submission = useSubmission()
  const saveZone = (timeZone: string | null): void => void submission.run(() => save({ timeZone }))
  const mode = isOther ? 'other' : modeOf(saved)
  const choose = (chosen: string): void => {
    setOther(chosen === 'other')
    if (chosen === 'browser') saveZone(null)
    if (chosen === 'utc') saveZone(UTC)
  }
  return (
    <Stack gap="sm">
      <Radio.Group label={text('timeZone')} value={mode} onChange={choose}>
        <Stack gap="xs" mt="xs">
          <Radio value="browser" label={text('zone.browser', { zone: browserZone })} />
          <Radio value="utc" label={text('zone.utc')} />
          <Radio value="picked" label={text('zone.other')} />
        </Stack>
      </Radio.Group>
      {mode === 'other' && <ZonePicker saved={saved ?? ''} onPick={saveZone} />}
      {submission.error !== undefined && <Problem error={submission.error} />}
      <Text size="sm" c="dimmed">
        {text.rich('currentTime', {
          at: <Instant key="at" at={new Date().toISOString()} form="exact" />,
        })}
      </Text>
    </Stack>
  )
}

type ZonePickerProps = { readonly saved: string; readonly onPick: (zone: string) => void }

/** Text input with the browser's native, searchable suggestions. */
function ZonePicker({ saved, onPick }: ZonePickerProps) {
  const [typed, setTyped] = useState(saved === UTC ? '' : saved)
  const [isBlurred, setBlurred] = useState(false)
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
          setBlurred(false)
          if (isKnown(value)) onPick(value)
        }}
        onBlur={() => setBlurred(true)}
        error={isBlurred && typed !== '' && !isKnown(typed) ? text('unknownZone') : undefined}
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

function modeOf(timeZone: string | null): ZoneMode {
  if (timeZone === null) return 'browser'
  return timeZone === UTC ? 'utc' : 'other'
}
