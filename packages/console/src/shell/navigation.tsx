import {
  IconApi,
  IconBuilding,
  IconHistory,
  IconHome,
  IconKey,
  IconLogout,
  IconPlugConnected,
  IconSettings,
  IconUser,
  IconUsers,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { anonymousClient } from '../api/clients.ts'
import { useFeature } from '../api/features.ts'
import { useCurrentSession } from '../api/session.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import classes from './shell.module.css'

const text = catalogue(messages)

/** The pages with the permission that each requires. */
const pages = [
  { to: '/', label: 'overview', icon: IconHome, needs: undefined },
  { to: '/credentials', label: 'credentials', icon: IconKey, needs: 'CREDENTIAL_READ' },
  {
    to: '/integrations',
    label: 'integrations',
    icon: IconPlugConnected,
    needs: 'INTEGRATION_READ',
  },
  { to: '/audit', label: 'audit', icon: IconHistory, needs: 'AUDIT_READ' },
  { to: '/apis', label: 'apis', icon: IconApi, needs: 'API_READ' },
  { to: '/members', label: 'members', icon: IconUsers, needs: 'MEMBER_READ' },
  { to: '/organizations', label: 'organizations', icon: IconBuilding, needs: 'operator' },
  { to: '/settings', label: 'settings', icon: IconSettings, needs: 'ORGANIZATION_READ' },
] as const

/** Links to the pages that the signed-in member can access. */
export function Navigation() {
  const { permissions, organization, actor } = useCurrentSession()
  const { pathname } = useLocation()
  const hasStored = useFeature('stored') === true
  const mayOpen = (needs: string | undefined): boolean => {
    if (needs === undefined) return true
    if (needs === 'operator') {
      return organization.operator && permissions.includes('ORGANIZATION_READ')
    }
    return permissions.includes(needs) && (needs !== 'INTEGRATION_READ' || hasStored)
  }
  return (
    <>
      <ul className={classes.links}>
        {pages
          .filter(({ needs }) => mayOpen(needs))
          .map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <PageLink to={to} isActive={isWithin(pathname, to)}>
                <Icon size={18} stroke={1.7} aria-hidden />
                {text(label)}
              </PageLink>
            </li>
          ))}
      </ul>
      <ul className={`${classes.links} ${classes.you}`} aria-label={text('you')}>
        <li>
          <PageLink to="/account" isActive={isWithin(pathname, '/account')}>
            <IconUser size={18} stroke={1.7} aria-hidden />
            <span>
              {actor.name}
              <small>{text('account')}</small>
            </span>
          </PageLink>
        </li>
        <li>
          <SignOut />
        </li>
      </ul>
    </>
  )
}

type PageLinkProps = {
  readonly to: string
  readonly isActive: boolean
  readonly children: ReactNode
}

function PageLink({ to, isActive, children }: PageLinkProps) {
  return (
    <Link to={to} className={classes.link} aria-current={isActive ? 'page' : undefined}>
      {children}
    </Link>
  )
}

function SignOut() {
  const queries = useQueryClient()
  const signOut = async (): Promise<void> => {
    await anonymousClient.sessions.signOut().catch(() => undefined)
    queries.clear()
    // A full page load discards all data of the session.
    window.location.assign('/sign-in')
  }
  return (
    <button type="button" className={classes.link} onClick={() => void signOut()}>
      <IconLogout size={18} stroke={1.7} aria-hidden />
      {text('signOut')}
    </button>
  )
}

function isWithin(pathname: string, to: string): boolean {
  return to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`)
}
