import { Anchor, Button, Container, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Shown for an unknown URL. */
export function NotFoundPage() {
  return (
    <Container component="main" size="sm" py="xl">
      <PageHeader title={text('notFoundTitle')} lead={text('notFound')} />
      <Anchor renderRoot={(props) => <Link {...props} to="/" />}>{text('toOverview')}</Anchor>
    </Container>
  )
}

/** Shown in place of a page that failed to render. The rest of the console stays usable. */
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
