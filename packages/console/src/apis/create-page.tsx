import { PageHeader } from '../components/page-header.tsx'

export function ApiCreatePage() {
  return <PageHeader title="New api" />
}
