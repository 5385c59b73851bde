import { Button, Group, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconCircle, IconCircleCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { Panel } from '../components/panel.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { readChecklistState, storeChecklistState } from './checklist-storage.ts'
import messages from './messages.json'
import classes from './overview.module.css'
import { type Progress, useProgress } from './progress.ts'

const text = catalogue(messages)

/**
 * Steps to the first call. Hidden for organizations that had completed them before the first
 * visit.
 */
export function Checklist() {
  const { organizationId = '' } = useActing()
  const { data: progress } = useProgress()
  const [state, setState] = useState(() => readChecklistState(organizationId))
  const isComplete = progress?.isCalled === true
  const isOpen = progress !== undefined && !isComplete
  useEffect(() => {
    if (!isOpen) return
    storeChecklistState(organizationId, 'started')
    setState('started')
  }, [isOpen, organizationId])
  if (progress === undefined || (isComplete && state !== 'started')) return null
  const dismiss = (): void => {
    storeChecklistState(organizationId, 'dismissed')
    setState('dismissed')
  }
  return (
    <Panel
      title={text('start')}
      lead={<Lead progress={progress} />}
      actions={
        isComplete && (
          <Button variant="default" size="xs" onClick={dismiss}>
            {text('start.dismiss')}
          </Button>
        )
      }
    >
      <Steps progress={progress} />
    </Panel>
  )
}

function Lead({ progress }: { readonly progress: Progress }) {
  const done = Object.values(progress).filter(Boolean).length
  return progress.isCalled
    ? text('start.complete')
    : text('start.lead', { done, total: Object.keys(progress).length })
}

function Steps({ progress }: { readonly progress: Progress }) {
  const { isDescribed, isCreated, isCalled } = progress
  const mayDescribe = useCan('API_WRITE')
  const mayCreate = useCan('CREDENTIAL_WRITE')
  return (
    <ol className={classes.steps}>
      <Step name="describe" isDone={isDescribed}>
        {mayDescribe && !isDescribed && (
          <Group gap="xs">
            <StepLink to="/apis/import">{text('start.describe.import')}</StepLink>
            <StepLink to="/apis/new" isSecondary>
              {text('start.describe.new')}
            </StepLink>
          </Group>
        )}
      </Step>
      <Step name="create" isDone={isCreated}>
        {mayCreate && isDescribed && !isCreated && (
          <StepLink to="/credentials/new">{text('start.create.action')}</StepLink>
        )}
      </Step>
      <Step name="call" isDone={isCalled}>
        <div role="status">
          {isCreated && (
            <Text size="sm" c={isCalled ? 'green' : 'dimmed'} className={classes.waiting}>
              {!isCalled && <span className={classes.pulse} aria-hidden />}
              {text(isCalled ? 'start.call.called' : 'start.call.waiting')}
            </Text>
          )}
        </div>
      </Step>
    </ol>
  )
}

type StepProps = {
  readonly name: 'describe' | 'create' | 'call'
  readonly isDone: boolean
  readonly children: ReactNode
}

function Step({ name, isDone, children }: StepProps) {
  const Icon = isDone ? IconCircleCheck : IconCircle
  return (
    <li className={classes.step}>
      <Icon
        size={24}
        aria-hidden
        color={isDone ? 'var(--mantine-color-green-text)' : 'var(--mantine-color-dimmed)'}
      />
      <Stack gap={6} miw={0} align="flex-start">
        <div>
          <Text fw={600}>
            {text(`start.${name}`)}
            <VisuallyHidden> ({text(isDone ? 'start.done' : 'start.open')})</VisuallyHidden>
          </Text>
          {!isDone && (
            <Text size="sm" c="dimmed">
              {text(`start.${name}.hint`)}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </li>
  )
}

type StepLinkProps = {
  readonly to: '/apis/import' | '/apis/new' | '/credentials/new'
  readonly isSecondary?: boolean
  readonly children: ReactNode
}

function StepLink({ to, isSecondary = false, children }: StepLinkProps) {
  return (
    <Button
      size="xs"
      variant={isSecondary ? 'default' : 'filled'}
      renderRoot={(props) => <Link {...props} to={to} />}
    >
      {children}
    </Button>
  )
}
