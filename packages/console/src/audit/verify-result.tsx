import type { ResponseBody, routes } from '@keyporter/contract'
import { Alert, Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import { useRef } from 'react'
import { CopyButton } from '../components/copy-button.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type VerifyResultProps = { readonly result: ResponseBody<typeof routes.auditEvents.verify> }

/** The result of a verification: intact, or the position of the first problem. */
export function VerifyResult({ result }: VerifyResultProps) {
  const { intact, checked, head, firstProblem } = result
  const hash = useRef<HTMLElement>(null)
  if (!intact) {
    const { sequence, detail } = firstProblem ?? { sequence: 0, detail: '' }
    return (
      <Alert
        color="red"
        role="alert"
        icon={<IconAlertTriangle aria-hidden />}
        title={text('broken')}
      >
        {text('brokenAt', { sequence, detail })}
      </Alert>
    )
  }
  return (
    <Alert
      color="green"
      role="status"
      icon={<IconShieldCheck aria-hidden />}
      title={text('intact', { count: checked })}
    >
      <Text size="sm">{text('intactHint', { sequence: head.sequence })}</Text>
      <Group gap="xs" wrap="nowrap">
        <span ref={hash} className="mono">
          {head.hash}
        </span>
        <CopyButton value={head.hash} what={text('hashOfHead')} source={hash} />
      </Group>
    </Alert>
  )
}
