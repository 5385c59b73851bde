import { Alert, Group, Input, Stack } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useRef } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'
import { redirectUrlOf, usePublicUrl } from './public-url.ts'

const text = catalogue(messages)

/** Shows the redirect URL to register, with a warning if its origin differs from this page's. */
export function RedirectUrl() {
  const publicUrl = usePublicUrl()
  const source = useRef<HTMLElement>(null)
  const { origin } = window.location
  const url = redirectUrlOf(publicUrl ?? origin)
  const isElsewhere = publicUrl !== undefined && new URL(publicUrl).origin !== origin
  return (
    <Stack gap={4}>
      <Input.Label component="div">{text('redirectUrl')}</Input.Label>
      <Input.Description>{text('redirectUrlHint')}</Input.Description>
      <Group gap="xs" wrap="nowrap">
        <code ref={source}>{url}</code>
        <CopyButton value={url} what={text('redirectUrl')} source={source} />
      </Group>
      {isElsewhere && (
        <Alert color="orange" icon={<IconAlertTriangle aria-hidden />}>
          {text('originMismatch', { publicUrl, origin })}
        </Alert>
      )}
    </Stack>
  )
}
