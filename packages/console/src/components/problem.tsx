import { SdkError } from '@keyporter/sdk'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type ProblemProps = {
  readonly error: unknown
  /** Offers to try again. */
  readonly retry?: (() => void) | undefined
  /** Name of the failed action, if the page does not show it. */
  readonly title?: string | undefined
}

/** An error message with the remedy and the request ID. */
export function Problem({ error, retry, title }: ProblemProps) {
  const requestId = error instanceof SdkError ? error.requestId : undefined
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={title ?? text('problem.title')}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{describeError(error)}</Text>
        {requestId !== undefined && (
          <Text size="xs" className="mono">
            {text('problem.reference', { id: requestId })}
          </Text>
        )}
        {retry !== undefined && (
          <Group>
            <Button size="xs" variant="default" onClick={retry}>
              {text('problem.retry')}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  )
}

/** Returns the message of an error, written for members. */
export function describeError(error: unknown): string {
  if (!(error instanceof SdkError)) return text('problem.internal')
  const key = `problem.${error.code}`
  if (error.code === 'rate_limited') {
    return text('problem.rate_limited', { seconds: error.retryAfterSeconds ?? 60 })
  }
  const missing = error.problem?.requiredPermissions
  if (missing !== undefined && missing.length > 0) {
    return `${error.problem?.title ?? ''}. ${text('problem.missing', { permissions: missing.join(', ') })}`
  }
  if (text.has(key)) return text(key)
  return error.problem?.detail ?? error.problem?.title ?? text('problem.internal')
}
