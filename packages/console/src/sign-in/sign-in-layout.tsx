import { Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import shellMessages from '../shell/messages.json'
import classes from './sign-in-layout.module.css'

const text = catalogue(shellMessages)

type SignInLayoutProps = {
  readonly title: string
  readonly lead?: string
  readonly children: ReactNode
}

/** Layout of pages without a session: a centered card. */
export function SignInLayout({ title, lead, children }: SignInLayoutProps) {
  useEffect(() => {
    document.title = text('title', { page: title })
  }, [title])
  return (
    <main className={classes.page}>
      <Stack gap="lg" className={classes.column}>
        <p className={classes.brand}>
          <img src="/favicon.svg" alt="" width="36" height="36" />
          {text('product')}
        </p>
        <Paper withBorder p={{ base: 'md', xs: 'xl' }} radius="lg" className={classes.card}>
          <Stack gap="md">
            <div>
              <Title order={1}>{title}</Title>
              {lead !== undefined && (
                <Text c="dimmed" size="sm" mt={6}>
                  {lead}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Paper>
      </Stack>
    </main>
  )
}
