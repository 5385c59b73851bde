import { versionOf } from '@keyporter/sdk'
import { useEffect, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { useTimeZone } from '../../components/instant.tsx'
import { type Submission, useSubmission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import {
  type Connection,
  type Integration,
  type Settings,
  SHARED,
  useRenewIntegrations,
} from '../integration.ts'
import { type Draft, draftOf, type Values, valuesOf } from './draft.ts'
import { draftFaults, valueFaults } from './faults.ts'
import messages from './messages.json'
import { isOther, type Plan, planOf } from './plan.ts'

const text = catalogue(messages)

type EditorTerms = {
  /** The stored integration; undefined for a new one. */
  readonly loaded: Integration | undefined
  /** The shared connection, if any. */
  readonly shared: Connection | undefined
  /** The initial draft. */
  readonly start: Draft
  /** The initial credential fields. */
  readonly given: Settings
}

/** The editor state of an integration and its shared connection. */
export type Editor = {
  readonly base: Integration | undefined
  readonly draft: Draft
  readonly change: (changes: Partial<Draft>) => void
  /** The input for the shared connection. */
  readonly values: Values
  readonly changeValues: (changes: Partial<Values>) => void
  readonly plan: Plan
  readonly submission: Submission
  /** Saves the changes. Returns undefined if the server or the validation rejected them. */
  readonly save: () => Promise<Integration | undefined>
  /** Rebases the edits on the version that another member saved. */
  readonly rebase: () => Promise<void>
  readonly discard: () => void
}

/** Manages the editor of an integration and its shared connection. */
export function useEditor({ loaded, shared, start, given }: EditorTerms): Editor {
  const { client } = useActing()
  const timeZone = useTimeZone()
  const renew = useRenewIntegrations()
  const submission = useSubmission()
  const [base, setBase] = useState(loaded)
  const [known, setKnown] = useState(shared)
  const [begin, setBegin] = useState(start)
  const [draft, setDraft] = useState(start)
  const [values, setValues] = useState(() => valuesOf(shared, given, timeZone))
  const plan = planOf({ base, known, begin, given, draft, values, timeZone })

  const adopt = (integration: Integration, connection: Connection | undefined): void => {
    const next = draftOf(integration)
    setBase(integration)
    setKnown(connection)
    setBegin(next)
    setDraft(next)
    // This also drops entered secrets from memory.
    setValues(valuesOf(connection, integration.auth, timeZone))
  }
  const isNewer = isLater(loaded, base) || isLater(shared, known)
  useEffect(() => {
    // Another member's change replaces an untouched draft. If there are edits, saving reports the conflict.
    const canAdopt = loaded !== undefined && !plan.isDirty && !submission.isBusy
    if (isNewer && canAdopt) adopt(loaded, shared ?? known)
  })

  const saveIntegration = async (): Promise<Integration> => {
    if (base === undefined) return client.integrations.create(plan.body)
    const { environment: _fixed, ...rest } = plan.changes
    if (Object.keys(rest).length === 0) return base
    return client.integrations.update({ id: base.id, ...rest }, { version: versionOf(base) })
  }
  const saveShared = async (id: string): Promise<Connection | undefined> => {
    if (!plan.sendsShared) return known
    return client.connections.put(
      { id, organization: SHARED, ...plan.connection },
      // The changed endpoint increments the version of the connection, so the known one is outdated.
      { version: plan.stored?.secrets.length === 0 ? undefined : plan.stored?.version },
    )
  }
  const save = async (): Promise<Integration | undefined> => {
    let saved: Integration | undefined
    await submission.run(
      async () => {
        const integration = await saveIntegration()
        // If saving the connection fails, the integration is already saved and must not be sent again.
        setBase(integration)
        setBegin(draftOf(integration))
        setKnown(plan.stored)
        adopt(integration, await saveShared(integration.id))
        saved = integration
        await renew()
      },
      { ...draftFaults(draft), ...sharedFaults(draft, plan) },
    )
    return saved
  }
  const rebase = async (): Promise<void> => {
    if (base === undefined) return
    const latest = await client.integrations.get({ id: base.id })
    setDraft({ ...draftOf(latest), ...typedOver(draft, begin) })
    setBase(latest)
    setBegin(draftOf(latest))
    submission.reset()
    await renew()
  }
  return {
    base,
    draft,
    change: (next) => setDraft((before) => ({ ...before, ...next })),
    values: plan.typed,
    changeValues: (next) => setValues((before) => ({ ...before, ...next })),
    plan,
    submission,
    save,
    rebase,
    discard: () => base !== undefined && adopt(base, known),
  }
}

function sharedFaults(draft: Draft, { sendsShared, typed, stored, isDemanded }: Plan) {
  const missing = isDemanded ? text('endpointChanged') : undefined
  return sendsShared ? valueFaults({ draft, values: typed, stored, missing }) : {}
}

type Versioned = { readonly version: number }

function isLater(loaded: Versioned | undefined, known: Versioned | undefined): boolean {
  return (loaded?.version ?? 0) > (known?.version ?? 0)
}

/** Returns the edited fields of a draft. */
function typedOver(draft: Draft, begin: Draft): Partial<Draft> {
  return Object.fromEntries(
    Object.entries(draft).filter(([name, value]) => isOther(value, Reflect.get(begin, name))),
  )
}
