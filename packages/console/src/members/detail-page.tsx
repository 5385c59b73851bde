import { PageHeader } from '../components/page-header.tsx'

export function MemberDetailPage() {
  return <PageHeader title="Member" />
}
