import { type Column, DataTable } from '../../components/data-table.tsx'
import { Instant } from '../../components/instant.tsx'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import messages from './messages.json'

const text = catalogue(messages)

type Secret = Credential['secrets'][number]

const columns: readonly Column<Secret>[] = [
  {
    key: 'hint',
    title: text('hint'),
    render: ({ hint }) => <span className="mono">{hint}</span>,
  },
  { key: 'created', title: text('created'), render: ({ createdAt }) => <Instant at={createdAt} /> },
  {
    key: 'lastUsed',
    title: text('lastUsed'),
    render: ({ lastUsedAt }) => <Instant at={lastUsedAt} />,
  },
  {
    key: 'expires',
    title: text('secretExpires'),
    render: ({ expiresAt }) => <Instant at={expiresAt} absent={text('withCredential')} />,
  },
]

/** Lists the secrets of a credential by their first characters, with creation, last use and expiry. */
export function SecretsPanel({ secrets }: Pick<Credential, 'secrets'>) {
  if (secrets.length === 0) return null
  return (
    <Panel title={text('secrets')} lead={text('secretsLead')}>
      <DataTable label={text('secrets')} columns={columns} rows={secrets} rowKey={({ id }) => id} />
    </Panel>
  )
}
