import { Center, Loader } from '@mantine/core'
import { Problem } from '../components/problem.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** What stands on the screen until it is known who is signed in; or why that cannot be known. */
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
