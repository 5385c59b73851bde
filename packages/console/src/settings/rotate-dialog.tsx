import { SdkError } from '@keyporter/sdk'
import { Alert, NativeSelect, Radio, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../api/clients.ts'
import { Dialog } from '../components/dialog.tsx'
import { FormButtons } from '../components/form-buttons.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import classes from './settings.module.css'

const text = catalogue(messages)
const algorithms = ['ES256', 'EdDSA', 'RS256'] as const

/** Signing keys belong to the instance, so the key has no organization. */
export const signingKeysKey = ['signingKeys', 'list'] as const

type RotateDialogProps = { readonly opened: boolean; readonly onClose: () => void }

/** Creates a new signing key, and shows the timeline of the rotation first. */
export function RotateDialog({ opened, onClose }: RotateDialogProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title={text('rotateTitle')} size="lg">
      <RotateForm onClose={onClose} />
    </Dialog>
  )
}

function RotateForm({ onClose }: Pick<RotateDialogProps, 'onClose'>) {
  const queries = useQueryClient()
  const [immediately, setImmediately] = useState(false)
  const [algorithm, setAlgorithm] = useState<(typeof algorithms)[number]>('ES256')
  const submission = useSubmission()
  const { error } = submission
  const isWaiting = error instanceof SdkError && error.code === 'already_exists'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission
      .run(async () => {
        await clientFor().signingKeys.rotate({ algorithm, immediately })
        await queries.invalidateQueries({ queryKey: signingKeysKey })
      })
      .then((done) => done && onClose())
  }
  const steps = immediately
    ? (['step.activateNow', 'step.keep', 'step.remove'] as const)
    : (['step.publish', 'step.activate', 'step.keep', 'step.remove'] as const)
  return (
    <form onSubmit={submit}>
      <Stack>
        {isWaiting && (
          <Alert color="orange" role="alert">
            {text('pending')}
          </Alert>
        )}
        {error !== undefined && !isWaiting && <Problem error={error} />}
        <Radio.Group
          label={text('when')}
          value={immediately ? 'now' : 'soon'}
          onChange={(value) => setImmediately(value === 'now')}
        >
          <Stack gap="sm" mt="xs">
            <Radio
              value="soon"
              aria-label={text('soon')}
              label={text('soon')}
              description={text('soonHint')}
              data-autofocus
            />
            <Radio
              value="now"
              aria-label={text('immediately')}
              label={text('immediately')}
              description={text('immediatelyHint')}
            />
          </Stack>
        </Radio.Group>
        <NativeSelect
          label={text('algorithm')}
          maw={240}
          data={[...algorithms]}
          value={algorithm}
          onChange={(event) => {
            const chosen = algorithms.find((name) => name === event.currentTarget.value)
            if (chosen !== undefined) setAlgorithm(chosen)
          }}
        />
        <div>
          <Text fw={600} size="sm" mb={6}>
            {text('timeline')}
          </Text>
          <ol className={classes.timeline}>
            {steps.map((step) => (
              <li key={step}>
                <Text size="sm">{text(step)}</Text>
              </li>
            ))}
          </ol>
        </div>
        <FormButtons label={text('rotateAction')} onCancel={onClose} isBusy={submission.isBusy} />
      </Stack>
    </form>
  )
}
