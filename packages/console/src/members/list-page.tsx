import { PageHeader } from '../components/page-header.tsx'

export function MemberListPage() {
  return <PageHeader title="Members & privileges" />
}
