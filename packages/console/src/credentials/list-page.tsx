import { PageHeader } from '../components/page-header.tsx'

export function CredentialListPage() {
  return <PageHeader title="API credentials" />
}
