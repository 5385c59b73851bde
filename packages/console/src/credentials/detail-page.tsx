import { PageHeader } from '../components/page-header.tsx'

export function CredentialDetailPage() {
  return <PageHeader title="Credential" />
}
