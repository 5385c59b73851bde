import { Stack, Text } from '@mantine/core'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { ConnectionDetails } from '../connection-details.tsx'
import { type Credential, isModifiable } from '../credential.ts'
import { UsageSnippets } from '../usage-snippets.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** Connection details and code examples for a credential. */
export function QuickstartTab({ credential }: { readonly credential: Credential }) {
  return (
    <Panel title={text('tab.setup')} lead={text('setupLead')}>
      <Stack gap="lg">
        {!isModifiable(credential) && <Text>{text('setupEnded')}</Text>}
        <ConnectionDetails credential={credential} />
        <UsageSnippets credential={credential} />
      </Stack>
    </Panel>
  )
}
