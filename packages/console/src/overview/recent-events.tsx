import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { EventSentence } from '../audit/event-sentence.tsx'
import { DataArea } from '../components/data-area.tsx'
import { Instant } from '../components/instant.tsx'
import { Panel } from '../components/panel.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import classes from './overview.module.css'

const text = catalogue(messages)
const EVENTS_MAX = 6

/** The latest events of the audit log. */
export function RecentEvents() {
  const { client, scope } = useActing()
  const query = useQuery({
    queryKey: [...scope, 'audit', 'recent'],
    queryFn: () => client.auditEvents.list({ limit: EVENTS_MAX }),
  })
  return (
    <Panel
      title={text('activity')}
      actions={
        <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/audit" />}>
          {text('activity.all')}
        </Anchor>
      }
    >
      <DataArea
        query={query}
        failure={text('activity.failure')}
        skeleton={{ rows: EVENTS_MAX, height: 28 }}
        isEmpty={({ data }) => data.length === 0}
        empty={text('activity.empty')}
      >
        {({ data }) => (
          <ul className={classes.events}>
            {data.map((event) => (
              <li key={event.id} className={classes.event}>
                <EventSentence event={event} />
                <span className={classes.when}>
                  <Instant at={event.at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </DataArea>
    </Panel>
  )
}
