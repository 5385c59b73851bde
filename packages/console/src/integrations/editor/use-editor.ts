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
  /** What is there; undefined for a new integration. */
  readonly loaded: Integration | undefined
  /** The values that serve every organization, where there are any. */
  readonly shared: Connection | undefined
  /** Where the form begins. */
  readonly start: Draft
  /** What stands in the fields of the values before anybody types. */
  readonly given: Settings
}

/** An integration and its shared values while they are typed. */
export type Editor = {
  readonly base: Integration | undefined
  readonly draft: Draft
  readonly change: (changes: Partial<Draft>) => void
  /** Of the shared connection. */
  readonly values: Values
  readonly changeValues: (changes: Partial<Values>) => void
  readonly plan: Plan
  readonly submission: Submission
  /** Saves what changed; undefined when something was refused. */
  readonly save: () => Promise<Integration | undefined>
  /** Takes the integration as somebody else left it; what was typed stays. */
  readonly rebase: () => Promise<void>
  readonly discard: () => void
}

/** Edits an integration: nothing is sent before it is saved, and nothing typed is lost before that. */
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
    // The secrets that were typed go with this, and are nowhere any more.
    setValues(valuesOf(connection, integration.auth, timeZone))
  }
  const isNewer = isLater(loaded, base) || isLater(shared, known)
  useEffect(() => {
    // What somebody else saved shows at once, unless something was typed: then saving says who was first.
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
      // Where the address changed, that very change made the version another.
      { version: plan.stored?.secrets.length === 0 ? undefined : plan.stored?.version },
    )
  }
  const save = async (): Promise<Integration | undefined> => {
    let saved: Integration | undefined
    await submission.run(
      async () => {
        const integration = await saveIntegration()
        // Should the values be refused, this much is done, and is not sent again.
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
  const missing = isDemanded ? text('moved') : undefined
  return sendsShared ? valueFaults({ draft, values: typed, stored, missing }) : {}
}

type Versioned = { readonly version: number }

function isLater(loaded: Versioned | undefined, known: Versioned | undefined): boolean {
  return (loaded?.version ?? 0) > (known?.version ?? 0)
}

/** The fields of a draft that are another than where it began. */
function typedOver(draft: Draft, begin: Draft): Partial<Draft> {
  return Object.fromEntries(
    Object.entries(draft).filter(([name, value]) => isOther(value, Reflect.get(begin, name))),
  )
}
