import { Anchor, Button, Container, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** For an address that leads nowhere. */
export function NotFoundPage() {
  return (
    <Container component="main" size="sm" py="xl">
      <PageHeader title={text('notFoundTitle')} lead={text('notFound')} />
      <Anchor renderRoot={(props) => <Link {...props} to="/" />}>{text('toOverview')}</Anchor>
    </Container>
  )
}

/** For a page whose own code failed. The rest of the console stays. */
export function ErrorPage() {
  return (
    <Container size="sm" py="xl">
      <PageHeader title={text('errorTitle')} />
      <Stack align="flex-start">
        <Text role="alert">{text('error')}</Text>
        <Button onClick={() => window.location.reload()}>{text('reload')}</Button>
      </Stack>
    </Container>
  )
}
