import { compileMatcher } from '@keyporter/protocol'
import { Alert, Text, TextInput } from '@mantine/core'
import { IconBan, IconCircleCheck } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { Panel } from '../components/panel.tsx'
import { list } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import type { Operation } from './api.ts'
import messages from './messages.json'
import { type Call, readCall } from './read-call.ts'

const text = catalogue(messages)

type TryItProps = { readonly operations: readonly Operation[] }

/** Shows the permissions that a call requires, with the matcher that the server uses. */
export function TryIt({ operations }: TryItProps) {
  const [typed, setTyped] = useState('')
  return (
    <Panel title={text('tryIt')} lead={text('tryItLead')}>
      <TextInput
        label={text('call')}
        placeholder="GET /v1/contacts/42"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        maxLength={9_000}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        maw={640}
      />
      <div role="status">
        {typed.trim() !== '' && <Outcome operations={operations} typed={typed} />}
      </div>
    </Panel>
  )
}

function Outcome({ operations, typed }: TryItProps & { readonly typed: string }) {
  const match = useMemo(() => compileMatcher(operations), [operations])
  const { method, path } = readCall(typed)
  if (!path.startsWith('/')) return <Text size="sm">{text('callIncomplete')}</Text>
  const call = `${method} ${path}`
  const permissions = match(method, path)
  if (permissions !== undefined) {
    return (
      <Alert color="green" icon={<IconCircleCheck aria-hidden />}>
        {text.rich('callRequires', {
          call,
          permissions: list(permissions),
          code: (parts) => <code>{parts}</code>,
        })}
      </Alert>
    )
  }
  return <RejectedCall operations={operations} call={{ method, path }} />
}

function RejectedCall({ operations, call }: TryItProps & { readonly call: Call }) {
  // Gives unmapped operations a permission, to tell them from operations that do not exist.
  const matchesUnmapped = useMemo(
    () =>
      compileMatcher(
        operations
          .filter(({ permissions }) => permissions.length === 0)
          .map((operation) => ({ ...operation, permissions: ['ANY_READ'] })),
      ),
    [operations],
  )
  const isUnmapped = matchesUnmapped(call.method, call.path) !== undefined
  return (
    <Alert color="orange" icon={<IconBan aria-hidden />} title={text('callRejected')}>
      {text(isUnmapped ? 'callUnmapped' : 'callUnknown', { call: `${call.method} ${call.path}` })}
    </Alert>
  )
}
