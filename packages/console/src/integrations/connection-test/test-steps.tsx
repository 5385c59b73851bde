import { Loader } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react'
import { catalogue } from '../../messages/catalogue.ts'
import type { ConnectionTest, Step } from './failure-message.ts'
import messages from './messages.json'
import classes from './test.module.css'

const text = catalogue(messages)

const order = ['address', 'tls', 'authentication', 'status'] as const

type TestStepsProps = {
  readonly isRunning: boolean
  readonly result: ConnectionTest | undefined
}

/** The steps of a test with their states. */
export function TestSteps({ isRunning, result }: TestStepsProps) {
  const steps = result?.steps ?? []
  // A plain HTTP URL has no TLS step.
  const shown = order.filter((name) => result === undefined || !result.ok || stepOf(steps, name))
  return (
    <ol className={classes.steps} aria-label={text('steps')}>
      {shown.map((name) => {
        const step = stepOf(steps, name)
        const state = isRunning
          ? name === 'address'
            ? 'running'
            : 'waiting'
          : stateOf(step, result !== undefined)
        return (
          <li key={name} className={classes.step} data-state={state}>
            <StateIcon state={state} />
            <span>
              {text(`step.${name}`)} <small>({text(state)})</small>
              {step !== undefined && <small className={classes.detail}>{step.detail}</small>}
            </span>
            {step !== undefined && (
              <small>{text('took', { ms: Math.round(step.milliseconds) })}</small>
            )}
          </li>
        )
      })}
    </ol>
  )
}

type State = 'waiting' | 'running' | 'ok' | 'failedStep' | 'skipped'

function stateOf(step: Step | undefined, isDone: boolean): State {
  if (step !== undefined) return step.ok ? 'ok' : 'failedStep'
  return isDone ? 'skipped' : 'waiting'
}

function StateIcon({ state }: { readonly state: State }) {
  if (state === 'running') return <Loader size={18} aria-hidden />
  if (state === 'ok')
    return <IconCircleCheck size={18} aria-hidden color="var(--mantine-color-green-text)" />
  if (state === 'failedStep')
    return <IconCircleX size={18} aria-hidden color="var(--mantine-color-red-text)" />
  return <IconCircleDashed size={18} aria-hidden />
}

function stepOf(steps: readonly Step[], name: Step['step']): Step | undefined {
  return steps.find(({ step }) => step === name)
}
