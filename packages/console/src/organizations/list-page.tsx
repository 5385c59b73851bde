import { PageHeader } from '../components/page-header.tsx'

export function OrganizationListPage() {
  return <PageHeader title="Organizations" />
}
