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

/** Shows a page about integrations to those who may see it, where that part of the product is switched on. */
export function IntegrationAccess({ title, children }: IntegrationAccessProps) {
  const isOn = useFeature('stored')
  const mayRead = useCan('INTEGRATION_READ')
  if (isOn !== false && mayRead) return children
  return (
    <>
      <PageHeader title={title} />
      {isOn === false ? (
        <Alert color="blue" icon={<IconLock aria-hidden />} title={text('switchedOff')}>
          <Text size="sm">{text('switchedOffText')}</Text>
        </Alert>
      ) : (
        <NoPermission privilege="integrations.view" />
      )}
    </>
  )
}
