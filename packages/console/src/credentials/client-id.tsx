import { Group, VisuallyHidden } from '@mantine/core'
import { useRef } from 'react'
import { CopyButton } from '../components/copy-button.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

const HEAD_LENGTH = 4
const TAIL_LENGTH = 4

type ClientIdProps = {
  readonly clientId: string
  /** The name of the credential: distinguishes the copy buttons of a list. */
  readonly name?: string
  /** Shows the full ID. By default it is shortened to `kpc_live_7Hq2…9fK2`. */
  readonly whole?: boolean
}

/** A client ID with a button that copies it. */
export function ClientId({ clientId, name, whole = false }: ClientIdProps) {
  const source = useRef<HTMLElement>(null)
  return (
    <Group component="span" gap={2} wrap="nowrap" miw={0}>
      <code ref={source} title={whole ? undefined : clientId}>
        {whole ? (
          clientId
        ) : (
          <>
            <span aria-hidden>{shortClientId(clientId)}</span>
            <VisuallyHidden component="span">{clientId}</VisuallyHidden>
          </>
        )}
      </code>
      <CopyButton
        value={clientId}
        what={name === undefined ? text('clientId') : text('clientIdOf', { name })}
        source={source}
      />
    </Group>
  )
}

/** Shortens a client ID to `kpc_live_7Hq2…9fK2`. */
export function shortClientId(clientId: string): string {
  const body = clientId.lastIndexOf('_') + 1
  const head = clientId.slice(0, body + HEAD_LENGTH)
  return clientId.length <= head.length + TAIL_LENGTH
    ? clientId
    : `${head}…${clientId.slice(-TAIL_LENGTH)}`
}
