import { Alert, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFeature } from '../api/features.ts'
import { useCan } from '../api/session.ts'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type IntegrationAccessProps = { readonly title: string; readonly children: ReactNode }

/** Renders its children if the feature is enabled and the member can read integrations. */
export function IntegrationAccess({ title, children }: IntegrationAccessProps) {
  const isOn = useFeature('stored')
  const mayRead = useCan('INTEGRATION_READ')
  if (isOn !== false && mayRead) return children
  return (
    <>
      <PageHeader title={title} />
      {isOn === false ? (
        <Alert color="blue" icon={<IconLock aria-hidden />} title={text('disabled')}>
          <Text size="sm">{text('disabledText')}</Text>
        </Alert>
      ) : (
        <NoPermission privilege="integrations.view" />
      )}
    </>
  )
}
