import { useCan } from '../api/session.ts'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { CredentialList } from './list/credential-list.tsx'
import messages from './list/messages.json'

const text = catalogue(messages)

/** The page that lists the issued credentials. */
export function CredentialListPage() {
  if (useCan('CREDENTIAL_READ')) return <CredentialList />
  return (
    <>
      <PageHeader title={text('title')} />
      <NoPermission privilege="credentials.view" />
    </>
  )
}
