import { createTokenSource, SdkError } from '@keyporter/sdk'
import { Button, Group, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconPlugConnected } from '@tabler/icons-react'
import { useState } from 'react'
import { describeError } from '../../components/problem.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import messages from './messages.json'

const text = catalogue(messages)

type TestCredentialProps = {
  readonly credential: Pick<Credential, 'name' | 'clientId' | 'permissions'>
  readonly clientSecret: string
}

type Outcome = { readonly works: boolean; readonly words: string }

/** Fetches an access token with the client ID and secret, and shows the result. */
export function TestCredential({ credential, clientSecret }: TestCredentialProps) {
  const [isBusy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const test = async (): Promise<void> => {
    setBusy(true)
    setOutcome(await testCredential(credential, clientSecret))
    setBusy(false)
  }
  return (
    <Group gap="sm">
      <Button
        variant="default"
        loading={isBusy}
        leftSection={<IconPlugConnected size={16} aria-hidden />}
        onClick={() => void test()}
      >
        {text('test')}
      </Button>
      <div role="status">
        {outcome !== undefined && (
          <Group gap={6} wrap="nowrap">
            {outcome.works ? (
              <IconCircleCheck size={18} color="var(--mantine-color-green-text)" aria-hidden />
            ) : (
              <IconCircleX size={18} color="var(--mantine-color-red-text)" aria-hidden />
            )}
            <Text size="sm">{outcome.words}</Text>
          </Group>
        )}
      </div>
    </Group>
  )
}

async function testCredential(
  { name, clientId, permissions }: TestCredentialProps['credential'],
  clientSecret: string,
): Promise<Outcome> {
  const source = createTokenSource({ baseUrl: window.location.origin, clientId, clientSecret })
  try {
    await source.token()
    return { works: true, words: text('testWorked', { name, count: permissions.length }) }
  } catch (error) {
    const isRejected = error instanceof SdkError && error.code === 'invalid_client'
    const reason = isRejected ? text('testRejected') : describeError(error)
    return { works: false, words: text('testFailed', { reason }) }
  }
}
