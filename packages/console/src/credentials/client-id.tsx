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
  /** Whose it is: tells the buttons of a list apart. */
  readonly name?: string
  /** The whole of it, where there is room; `kpc_live_7Hq2…9fK2` unless given. */
  readonly whole?: boolean
}

/** A client ID, in part, and a button that copies the whole. */
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

/** The beginning and the end of a client ID: `kpc_live_7Hq2…9fK2`. */
export function shortClientId(clientId: string): string {
  const body = clientId.lastIndexOf('_') + 1
  const head = clientId.slice(0, body + HEAD_LENGTH)
  return clientId.length <= head.length + TAIL_LENGTH
    ? clientId
    : `${head}…${clientId.slice(-TAIL_LENGTH)}`
}
