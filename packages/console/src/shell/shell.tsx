import { Badge, Burger, Group, NativeSelect, SegmentedControl, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { isSignedOutError, useCurrentSession, useSession } from '../api/session.ts'
import { Announcer } from '../components/announcer.tsx'
import { isPlainHttp } from '../components/plain-http.ts'
import { catalogue } from '../messages/catalogue.ts'
import { LoadingPage } from './loading-page.tsx'
import messages from './messages.json'
import { Navigation } from './navigation.tsx'
import { OrganizationSwitch } from './organization-switch.tsx'
import { PrivilegeChangeNotice } from './privilege-change-notice.tsx'
import classes from './shell.module.css'
import { SignInAgain } from './sign-in-again.tsx'
import { ThemeSync } from './theme-sync.tsx'
import { Wordmark } from './wordmark.tsx'

const text = catalogue(messages)

/** Layout of all pages that require a session. Redirects to sign-in without one. */
export function Shell() {
  const session = useSession()
  if (session.data !== undefined) return <Frame />
  if (session.isError && isSignedOutError(session.error)) return <ToSignIn />
  return <LoadingPage error={session.error} retry={() => void session.refetch()} />
}

/** Redirects to sign-in, which returns to the current URL. */
function ToSignIn() {
  const { href } = useLocation()
  const navigate = useNavigate()
  const [next] = useState(href)
  useEffect(() => {
    void navigate({ to: '/sign-in', search: next === '/' ? {} : { next }, replace: true })
  }, [navigate, next])
  return <LoadingPage error={null} />
}

function Frame() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const { pathname } = useLocation()
  const { environment } = useActing()
  useEffect(close, [pathname, close])
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">
        {text('skip')}
      </a>
      <header className={classes.header}>
        <Burger
          opened={isOpen}
          onClick={toggle}
          hiddenFrom="md"
          size="sm"
          aria-label={isOpen ? text('closeNavigation') : text('openNavigation')}
          aria-expanded={isOpen}
          aria-controls="navigation"
        />
        <Wordmark />
        <div className={classes.switches}>
          <OrganizationSwitch />
          <EnvironmentSwitch />
        </div>
        {environment === 'test' && <div className={classes.stripes} />}
      </header>
      <nav
        id="navigation"
        className={classes.navigation}
        data-open={isOpen || undefined}
        aria-label={text('navigation')}
      >
        <Navigation />
      </nav>
      <main id="main" tabIndex={-1} className={classes.main}>
        <div className={classes.page}>
          <Notices />
          <Outlet />
        </div>
      </main>
      <SignInAgain />
      <Announcer />
    </div>
  )
}

function EnvironmentSwitch() {
  const { environment } = useActing()
  const navigate = useNavigate()
  const choose = (value: string): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({
        ...before,
        cursor: undefined,
        environment: value === 'test' ? 'test' : undefined,
      }),
    })
  const data = [
    { value: 'production', label: text('production') },
    { value: 'test', label: text('test') },
  ]
  return (
    <Group gap="xs" wrap="nowrap">
      {environment === 'test' && (
        <Badge color="yellow" visibleFrom="xs">
          {text('testBadge')}
        </Badge>
      )}
      <SegmentedControl
        visibleFrom="sm"
        size="xs"
        aria-label={text('environment')}
        data={data}
        value={environment}
        onChange={choose}
      />
      <NativeSelect
        hiddenFrom="sm"
        size="xs"
        aria-label={text('environment')}
        data={data}
        value={environment}
        onChange={(event) => choose(event.currentTarget.value)}
      />
    </Group>
  )
}

function Notices() {
  const { privileges, preferences } = useCurrentSession()
  return (
    <>
      <PrivilegeChangeNotice privileges={privileges} />
      <ThemeSync theme={preferences?.theme} />
      {isPlainHttp() && (
        <Text size="sm" c="orange" mb="md" role="note">
          {text('notHttps')}
        </Text>
      )}
    </>
  )
}
