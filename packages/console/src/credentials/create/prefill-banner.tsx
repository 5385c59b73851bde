import { Alert, Stack } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { list } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type PrefillBannerProps = {
  /** The name of the copied credential; undefined for a link. */
  readonly copyOf: string | undefined
  readonly unknown: readonly string[]
  readonly notGrantable: readonly string[]
}

/** Says that a link or a copy filled in the form, and lists the ignored values. */
export function PrefillBanner({ copyOf, unknown, notGrantable }: PrefillBannerProps) {
  const names = list(notGrantable)
  return (
    <Alert color="blue" icon={<IconLink aria-hidden />} role="note">
      <Stack gap={4}>
        <span>{copyOf === undefined ? filledText() : text('filledCopy', { name: copyOf })}</span>
        {unknown.length > 0 && <span>{text('filledUnknown', { names: list(unknown) })}</span>}
        {notGrantable.length > 0 && (
          <span>
            {text(copyOf === undefined ? 'filledNotGrantable' : 'copyNotGrantable', { names })}
          </span>
        )}
      </Stack>
    </Alert>
  )
}

function filledText(): string {
  const host = referrerHost()
  return host === undefined ? text('filled') : text('filledFrom', { host })
}

/** Returns the host of the referrer, unless it is this console. */
function referrerHost(): string | undefined {
  if (!URL.canParse(document.referrer)) return undefined
  const { host } = new URL(document.referrer)
  return host === window.location.host ? undefined : host
}
