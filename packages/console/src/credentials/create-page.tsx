import { PageHeader } from '../components/page-header.tsx'

export function CredentialCreatePage() {
  return <PageHeader title="New credential" />
}
