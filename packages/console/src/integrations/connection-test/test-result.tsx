import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { DisclosureLink } from '../../components/disclosure-link.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { type ConnectionTest, failureMessage } from './failure-message.ts'
import messages from './messages.json'
import classes from './test.module.css'

const text = catalogue(messages)

/** The result of a test, with the response as details. */
export function TestResult({ result }: { readonly result: ConnectionTest }) {
  const [isOpen, setOpen] = useState(false)
  const { response, steps } = result
  return (
    <Stack gap="sm">
      <Verdict result={result} />
      <DisclosureLink isOpen={isOpen} onToggle={() => setOpen(!isOpen)}>
        {text(isOpen ? 'hideDetails' : 'showDetails')}
      </DisclosureLink>
      {isOpen && (
        <Stack gap="xs">
          {steps
            .filter(({ ok }) => !ok)
            .map(({ step, code, detail }) => (
              <Text key={step} size="sm" className="mono">
                {text('technical', { step: text(`step.${step}`), code, detail })}
              </Text>
            ))}
          {response !== null && <ResponseDetails response={response} />}
        </Stack>
      )}
    </Stack>
  )
}

function Verdict({ result: { ok, steps, response } }: { readonly result: ConnectionTest }) {
  if (ok) {
    const ms = Math.round(steps.reduce((sum, step) => sum + step.milliseconds, 0))
    return (
      <Alert color="green" icon={<IconCheck aria-hidden />}>
        {response === null ? text('passedPlain') : text('passed', { status: response.status, ms })}
      </Alert>
    )
  }
  const failed = steps.find((step) => !step.ok)
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={text('failed')}>
      {failed === undefined ? text('code.failed') : failureMessage(failed, response)}
    </Alert>
  )
}

function ResponseDetails({
  response,
}: {
  readonly response: NonNullable<ConnectionTest['response']>
}) {
  const { headers, preview } = response
  return (
    <>
      <Text size="sm" fw={600} component="h3">
        {text('headers')}
      </Text>
      <pre className={classes.body} tabIndex={0} role="region" aria-label={text('headers')}>
        {headers.map(({ name, value }) => `${name}: ${value}`).join('\n')}
      </pre>
      <Text size="sm" fw={600} component="h3">
        {text('preview')}
      </Text>
      {preview === null || preview === '' ? (
        <Text size="sm" c="dimmed">
          {text('previewNone')}
        </Text>
      ) : (
        <pre className={classes.body} tabIndex={0} role="region" aria-label={text('preview')}>
          {preview}
        </pre>
      )}
    </>
  )
}
