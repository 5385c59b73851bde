import { PageHeader } from '../components/page-header.tsx'

export function ApiImportPage() {
  return <PageHeader title="Import" />
}
