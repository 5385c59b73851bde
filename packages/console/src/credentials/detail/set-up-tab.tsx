import { Stack, Text } from '@mantine/core'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { type Credential, isLive } from '../credential.ts'
import { PairFacts } from '../pair-facts.tsx'
import { UsageSnippets } from '../usage-snippets.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** Connection details and code examples for a credential. */
export function SetUpTab({ credential }: { readonly credential: Credential }) {
  return (
    <Panel title={text('tab.setup')} lead={text('setupLead')}>
      <Stack gap="lg">
        {!isLive(credential) && <Text>{text('setupEnded')}</Text>}
        <PairFacts credential={credential} />
        <UsageSnippets credential={credential} />
      </Stack>
    </Panel>
  )
}
