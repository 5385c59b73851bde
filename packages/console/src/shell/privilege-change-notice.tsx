import { Alert } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Notifies the member when their privileges change, and reloads all data. */
export function PrivilegeChangeNotice({ privileges }: { readonly privileges: readonly string[] }) {
  const queries = useQueryClient()
  const held = [...privileges].sort().join(' ')
  const seen = useRef(held)
  const [changed, setChanged] = useState(false)
  useEffect(() => {
    if (seen.current === held) return
    seen.current = held
    setChanged(true)
    void queries.invalidateQueries()
  }, [held, queries])
  if (!changed) return null
  return (
    <Alert
      color="blue"
      role="status"
      mb="md"
      withCloseButton
      closeButtonLabel={text('dismiss')}
      onClose={() => setChanged(false)}
    >
      {text('privilegesChanged')}
    </Alert>
  )
}
