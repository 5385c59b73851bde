import { PageHeader } from '../components/page-header.tsx'

export function ApiDetailPage() {
  return <PageHeader title="Api" />
}
