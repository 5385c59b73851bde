import { Center, Loader } from '@mantine/core'
import { Problem } from '../components/problem.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Shown until the session is loaded, or when loading it fails. */
export function LoadingPage({
  error,
  retry,
}: {
  readonly error: unknown
  readonly retry?: () => void
}) {
  return (
    <Center component="main" mih="100vh" p="md" aria-busy={error === null}>
      {error === null ? (
        <Loader aria-label={text('loading')} role="status" />
      ) : (
        <Problem error={error} retry={retry} />
      )}
    </Center>
  )
}
