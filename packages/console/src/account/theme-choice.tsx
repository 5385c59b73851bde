import { Input, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { useState } from 'react'
import { useCurrentSession } from '../api/session.ts'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { schemeOf, type ThemeChoice as Theme, themes } from '../theme/preferences.ts'
import messages from './messages.json'
import { usePreferences } from './use-preferences.ts'

const text = catalogue(messages)

/** Selects the theme. Applies it immediately and reverts it if saving fails. */
export function ThemeChoice() {
  const saved = useCurrentSession().preferences?.theme ?? 'system'
  const [chosen, setChosen] = useState<Theme>()
  const { setColorScheme } = useMantineColorScheme()
  const save = usePreferences()
  const submission = useSubmission()
  const choose = async (theme: Theme): Promise<void> => {
    setChosen(theme)
    setColorScheme(schemeOf(theme))
    const done = await submission.run(() => save({ theme }))
    if (!done) setColorScheme(schemeOf(saved))
    setChosen(undefined)
  }
  return (
    <Input.Wrapper label={text('theme')} labelElement="div" labelProps={{ id: 'theme-label' }}>
      <div>
        <SegmentedControl
          mt={6}
          aria-labelledby="theme-label"
          data={themes.map((value) => ({ value, label: text(`theme.${value}`) }))}
          value={chosen ?? saved}
          onChange={(value) => {
            const theme = themes.find((one) => one === value)
            if (theme !== undefined) void choose(theme)
          }}
        />
      </div>
      {submission.error !== undefined && <Problem error={submission.error} />}
    </Input.Wrapper>
  )
}
