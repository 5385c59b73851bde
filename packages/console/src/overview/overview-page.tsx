import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export function OverviewPage() {
  return <PageHeader title={text('title')} />
}
