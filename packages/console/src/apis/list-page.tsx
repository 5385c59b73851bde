import { PageHeader } from '../components/page-header.tsx'

export function ApiListPage() {
  return <PageHeader title="API catalogue" />
}
