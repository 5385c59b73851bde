import { Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { sessionQuery } from '../api/session.ts'
import { catalogue } from '../messages/catalogue.ts'
import { applyPreferences } from '../theme/preferences.ts'
import messages from './messages.json'
import { sameOriginUrl } from './same-origin-url.ts'
import { SignInForm } from './sign-in-form.tsx'
import { SignInLayout } from './sign-in-layout.tsx'

const text = catalogue(messages)

/** Sign-in page. Redirects to the originally requested page. */
export function SignInPage() {
  const { next } = useSearch({ strict: false }) as { next?: string }
  const queries = useQueryClient()
  return (
    <SignInLayout title={text('title')}>
      <SignInForm
        onSignedIn={(who) => {
          applyPreferences(who)
          queries.setQueryData(sessionQuery.queryKey, who)
          // A full page load discards all data of an earlier session.
          window.location.assign(sameOriginUrl(next, window.location.origin))
        }}
      />
      <Text size="sm" c="dimmed">
        {text('help')}
      </Text>
    </SignInLayout>
  )
}
