import { IconHistory } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useCan } from '../api/session.ts'
import { catalogue } from '../messages/catalogue.ts'
import { MenuItem } from './menu.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** Menu item that links to the audit events of a target. Hidden without permission. */
export function AuditItem({ targetId }: { readonly targetId: string }) {
  const mayRead = useCan('AUDIT_READ')
  if (!mayRead) return null
  return (
    <MenuItem
      icon={IconHistory}
      render={(props) => <Link {...props} to="/audit" search={{ target: targetId }} />}
    >
      {text('viewAudit')}
    </MenuItem>
  )
}
