import { Anchor, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useCan, useCurrentSession } from '../api/session.ts'
import { DescriptionList } from '../components/description-list.tsx'
import { Panel } from '../components/panel.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { displayedPrivileges } from '../privileges/groups.ts'
import { privilegeName } from '../privileges/names.ts'
import classes from './account.module.css'
import messages from './messages.json'
import { ThemeChoice } from './theme-choice.tsx'
import { TimeZoneChoice } from './time-zone-choice.tsx'

const text = catalogue(messages)

/** Display preferences and account details of the signed-in member. */
export function ProfileTab() {
  return (
    <Stack gap="lg">
      <Panel title={text('display')} lead={text('displayLead')}>
        <ThemeChoice />
        <TimeZoneChoice />
      </Panel>
      <You />
    </Stack>
  )
}

function You() {
  const { member, organization } = useCurrentSession()
  const maySeeMembers = useCan('MEMBER_READ')
  if (member === null) return null
  const { id, name, email } = member
  const privileges = displayedPrivileges(member.privileges)
  return (
    <Panel title={text('details')}>
      <DescriptionList>
        <dt>{text('name')}</dt>
        <dd>{name}</dd>
        <dt>{text('email')}</dt>
        <dd>{email}</dd>
        <dt>{text('organization')}</dt>
        <dd>{organization.name}</dd>
        <dt>{text('privileges')}</dt>
        <dd>
          {privileges.length === 0 ? (
            text('noPrivileges')
          ) : (
            <ul className={classes.privileges}>
              {privileges.map((privilege) => (
                <li key={privilege}>{privilegeName(privilege)}</li>
              ))}
            </ul>
          )}
        </dd>
      </DescriptionList>
      {maySeeMembers && (
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              {...props}
              to="/members/$id"
              params={{ id }}
              search={{ organization: undefined }}
            />
          )}
        >
          {text('editInMembers')}
        </Anchor>
      )}
    </Panel>
  )
}
