import { SimpleGrid } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { DataArea } from '../components/data-area.tsx'
import { number } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import classes from './overview.module.css'

const text = catalogue(messages)
const warnings = ['expiring_soon', 'unused', 'rejected_requests'] as const

/** Four counts of credentials, each linked to the filtered list. */
export function CredentialSummary() {
  const { client, scope, environment } = useActing()
  const query = useQuery({
    queryKey: [...scope, 'credentials', 'counts', environment],
    queryFn: () => client.credentials.list({ environment, limit: 1, include: 'counts' }),
  })
  return (
    <section aria-label={text('numbers')}>
      <DataArea query={query} failure={text('numbers.failure')} skeleton={{ rows: 1, height: 92 }}>
        {({ counts, warningCounts }) => (
          <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
            <SummaryLink
              name="active"
              count={counts?.['active'] ?? 0}
              search={{ status: 'active' }}
            />
            {warnings.map((warning) => (
              <SummaryLink
                key={warning}
                name={warning}
                count={warningCounts?.[warning] ?? 0}
                search={{ warning }}
              />
            ))}
          </SimpleGrid>
        )}
      </DataArea>
    </section>
  )
}

type SummaryLinkProps = {
  readonly name: 'active' | (typeof warnings)[number]
  readonly count: number
  readonly search: Readonly<Record<string, string>>
}

function SummaryLink({ name, count, search }: SummaryLinkProps) {
  return (
    <Link to="/credentials" search={search} className={classes.number}>
      <span className={classes.count}>{number(count)}</span>
      <span className={classes.label}>{text(`number.${name}`)}</span>
    </Link>
  )
}
