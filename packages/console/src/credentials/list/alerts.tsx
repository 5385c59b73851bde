import { Anchor, CloseButton } from '@mantine/core'
import { IconAlertTriangle, IconClockExclamation, IconMoonStars } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { countsOf, useAllCounts } from './credentials-query.ts'
import { dismissAlert, isDismissed } from './dismissals.ts'
import classes from './list.module.css'
import type { ListState } from './list-search.ts'
import messages from './messages.json'

const text = catalogue(messages)

const alerts = [
  { warning: 'rejected_requests', icon: IconAlertTriangle, color: 'red' },
  { warning: 'expiring_soon', icon: IconClockExclamation, color: 'orange' },
  { warning: 'unused', icon: IconMoonStars, color: 'blue' },
] as const

/** Alerts about credentials with warnings. A dismissed alert returns after 7 days, or when its count grows. */
export function Alerts({ state }: { readonly state: ListState }) {
  const { organizationId = '', environment } = useActing()
  const all = useAllCounts()
  const [, setDismissed] = useState(0)
  if (all.data === undefined || state.view === 'warnings') return null
  const { warningCounts } = countsOf(all.data)
  const shown = alerts.flatMap(({ warning, ...rest }) => {
    const count = warningCounts[warning]
    const key = [organizationId, environment, warning].join(' ')
    return count === 0 || isDismissed(key, count) ? [] : [{ warning, count, key, ...rest }]
  })
  if (shown.length === 0) return null
  return (
    <section className={classes.alerts} aria-label={text('alerts')}>
      {shown.map(({ warning, count, key, icon: Icon, color }) => {
        const message = text(`alert.${warning}`, { count })
        return (
          <div key={key} className={classes.alert}>
            <Icon size={18} aria-hidden color={`var(--mantine-color-${color}-text)`} />
            <span>
              {message}{' '}
              <Anchor
                inherit
                underline="always"
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="."
                    search={(before: Record<string, unknown>) => ({
                      ...before,
                      status: undefined,
                      warning,
                      cursor: undefined,
                      page: undefined,
                    })}
                  />
                )}
              >
                {text('alert.show')}
              </Anchor>
            </span>
            <CloseButton
              size="sm"
              aria-label={text('alert.dismiss', { alert: message })}
              onClick={() => {
                dismissAlert(key, count)
                setDismissed((times) => times + 1)
              }}
            />
          </div>
        )
      })}
    </section>
  )
}
