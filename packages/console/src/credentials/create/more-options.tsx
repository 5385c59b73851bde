import { Alert, Button, Collapse, Radio, Stack } from '@mantine/core'
import { IconAlertTriangle, IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { Panel } from '../../components/panel.tsx'
import type { Submission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Draft } from './draft.ts'
import messages from './messages.json'

const text = catalogue(messages)

type MoreOptionsProps = {
  readonly draft: Draft
  readonly submission: Submission
  readonly onChange: (changes: Partial<Draft>) => void
}

/** Rarely used options: environment and full access. */
export function MoreOptions({ draft, submission, onChange }: MoreOptionsProps) {
  const isUnusual = draft.environment === 'test' || draft.kind === 'full_access'
  const [isOpened, setOpened] = useState(false)
  const isOpen = isOpened || isUnusual
  const id = useId()
  const Icon = isOpen ? IconChevronDown : IconChevronRight
  const kindFault = submission.fieldError('kind')
  return (
    <Panel>
      <Button
        variant="subtle"
        style={{ alignSelf: 'flex-start' }}
        aria-expanded={isOpen}
        aria-controls={id}
        leftSection={<Icon size={16} aria-hidden />}
        onClick={() => setOpened(!isOpen)}
      >
        {text('more')}
      </Button>
      <Collapse expanded={isOpen} id={id}>
        <Stack gap="lg">
          <Radio.Group
            label={text('environment')}
            description={text('environmentHint')}
            value={draft.environment}
            onChange={(value) =>
              onChange({ environment: value === 'test' ? 'test' : 'production' })
            }
          >
            <Stack gap="xs" mt="xs">
              <Radio value="production" label={text('environment.production')} />
              <Radio value="test" label={text('environment.test')} />
            </Stack>
          </Radio.Group>
          <Radio.Group
            label={text('kind')}
            value={draft.kind}
            onChange={(value) => {
              submission.touch('kind')
              onChange({ kind: value === 'full_access' ? 'full_access' : 'scoped' })
            }}
            error={kindFault}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="scoped" label={text('kind.scoped')} />
              <Radio
                value="full_access"
                label={text('kind.full_access')}
                description={text('kind.full_access.means')}
              />
            </Stack>
          </Radio.Group>
          {draft.kind === 'full_access' && (
            <Alert color="orange" role="status" icon={<IconAlertTriangle aria-hidden />}>
              {text('kindWarning')}
            </Alert>
          )}
        </Stack>
      </Collapse>
    </Panel>
  )
}
