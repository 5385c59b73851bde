import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { announce } from '../../components/announcer.tsx'
import type { ComboboxOption } from '../../components/combobox-list.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Problem } from '../../components/problem.tsx'
import { useSubmission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { type Integration, useInvalidateIntegrations } from '../integration.ts'
import { OrganizationCombobox } from '../organizations/organization-combobox.tsx'
import { type ConnectionTest, failureMessage } from './failure-message.ts'
import messages from './messages.json'
import { keepTestPath } from './requested-test.ts'
import classes from './test.module.css'
import { TestResult } from './test-result.tsx'
import { TestSteps } from './test-steps.tsx'

const text = catalogue(messages)

const methods = ['GET', 'HEAD', 'OPTIONS', 'POST'] as const

type TestDialogProps = {
  readonly integration: Integration
  /** The organizations with their own credentials. */
  readonly organizations: readonly ComboboxOption[]
  /** The organization to test, if credentials are organization-specific. */
  readonly organization: string | undefined
  readonly path: string
  /** Runs the test immediately, because the member chose "Save and test". */
  readonly isAsked?: boolean
  readonly onClose: () => void
}

/** Sends one request with the saved credentials and shows each step. */
export function TestDialog(props: TestDialogProps) {
  const { integration, isAsked = false, onClose } = props
  const [method, setMethod] = useState<(typeof methods)[number]>('GET')
  const [path, setPath] = useState(props.path)
  const [organization, setOrganization] = useState(
    props.organization ?? props.organizations[0]?.value ?? '',
  )
  const { submission, result, run } = useTest(integration.id)
  const isPath = /^\/[^\s#]*$/.test(path)
  const start = (): void =>
    run(
      { method, path, organizationId: organization || undefined },
      isPath ? undefined : text('pathInvalid'),
    )
  const asked = useRef(isAsked)
  useEffect(() => {
    // The ref prevents a second run: React can run an effect twice.
    if (asked.current) start()
    asked.current = false
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    start()
  }
  return (
    <Dialog opened onClose={onClose} title={text('title', { name: integration.name })} size="lg">
      <form onSubmit={submit} noValidate>
        <Stack>
          <Text size="sm">{text('lead')}</Text>
          <div className={classes.call}>
            <NativeSelect
              label={text('method')}
              data={[...methods]}
              value={method}
              onChange={(event) => {
                const { value } = event.currentTarget
                setMethod(methods.find((known) => known === value) ?? 'GET')
              }}
            />
            <TextInput
              label={text('path')}
              {...submission.field('path', path, setPath)}
              spellCheck={false}
              autoCapitalize="none"
              data-autofocus
            />
          </div>
          <Text size="xs" c="dimmed" mt={-8}>
            {text('pathHint', { baseUrl: integration.baseUrl })}
          </Text>
          {integration.organizationSpecific && (
            <OrganizationCombobox
              label={text('organization')}
              value={organization}
              first={props.organizations}
              onChoose={setOrganization}
            />
          )}
          <TestSteps isRunning={submission.isBusy} result={result} />
          {submission.error !== undefined && <Problem error={submission.error} />}
          {result !== undefined && <TestResult result={result} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {text('close')}
            </Button>
            <Button type="submit" loading={submission.isBusy}>
              {text(result === undefined ? 'run' : 'again')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}

type TestCall = {
  readonly method: (typeof methods)[number]
  readonly path: string
  readonly organizationId: string | undefined
}

/** Longer than the sum of the step timeouts. */
const PATIENCE_MS = 60_000

function useTest(id: string) {
  const { client } = useActing()
  const invalidate = useInvalidateIntegrations()
  const submission = useSubmission()
  const [result, setResult] = useState<ConnectionTest>()
  const run = (call: TestCall, fault: string | undefined): void => {
    setResult(undefined)
    keepTestPath(id, call.path)
    void submission.run(
      async () => {
        const tested = await client.calls.test(
          { id, ...call },
          { timeoutMs: PATIENCE_MS, retriesMax: 0 },
        )
        setResult(tested)
        announce(summaryOf(tested))
        await invalidate()
      },
      { path: fault },
    )
  }
  return { submission, result, run }
}

function summaryOf(result: ConnectionTest): string {
  const failed = result.steps.find(({ ok }) => !ok)
  if (result.ok || failed === undefined) return text(result.ok ? 'passedPlain' : 'failed')
  return text('failedReason', { reason: failureMessage(failed, result.response) })
}
