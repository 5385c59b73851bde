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
  useInvalidateIntegrations,
} from '../integration.ts'
import { type CredentialInput, credentialInputOf, type Draft, draftOf } from './draft.ts'
import messages from './messages.json'
import { isDifferent, type Plan, planOf } from './plan.ts'
import { validateCredentials, validateDraft } from './validate.ts'

const text = catalogue(messages)

type EditorTerms = {
  /** The stored integration; undefined for a new one. */
  readonly loaded: Integration | undefined
  /** The shared connection, if any. */
  readonly shared: Connection | undefined
  /** The initial draft. */
  readonly start: Draft
  /** The initial credential fields. */
  readonly defaults: Settings
}

/** The editor state of an integration and its shared connection. */
export type Editor = {
  readonly base: Integration | undefined
  readonly draft: Draft
  readonly change: (changes: Partial<Draft>) => void
  /** The input for the shared connection. */
  readonly credentials: CredentialInput
  readonly changeCredentials: (changes: Partial<CredentialInput>) => void
  readonly plan: Plan
  readonly submission: Submission
  /** Saves the changes. Returns undefined if the server or the validation rejected them. */
  readonly save: () => Promise<Integration | undefined>
  /** Rebases the edits on the version that another member saved. */
  readonly rebase: () => Promise<void>
  readonly discard: () => void
}

/** Manages the editor of an integration and its shared connection. */
export function useEditor({ loaded, shared, start, defaults }: EditorTerms): Editor {
  const { client } = useActing()
  const timeZone = useTimeZone()
  const invalidate = useInvalidateIntegrations()
  const submission = useSubmission()
  const [base, setBase] = useState(loaded)
  const [known, setKnown] = useState(shared)
  const [initial, setInitial] = useState(start)
  const [draft, setDraft] = useState(start)
  const [credentials, setCredentials] = useState(() =>
    credentialInputOf(shared, defaults, timeZone),
  )
  const plan = planOf({ base, known, initial, defaults, draft, credentials, timeZone })

  const adopt = (integration: Integration, connection: Connection | undefined): void => {
    const next = draftOf(integration)
    setBase(integration)
    setKnown(connection)
    setInitial(next)
    setDraft(next)
    // Entered secrets are dropped, too.
    setCredentials(credentialInputOf(connection, integration.auth, timeZone))
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
        setInitial(draftOf(integration))
        setKnown(plan.stored)
        adopt(integration, await saveShared(integration.id))
        saved = integration
        await invalidate()
      },
      { ...validateDraft(draft), ...validateShared(draft, plan) },
    )
    return saved
  }
  const rebase = async (): Promise<void> => {
    if (base === undefined) return
    const latest = await client.integrations.get({ id: base.id })
    setDraft({ ...draftOf(latest), ...editedFields(draft, initial) })
    setBase(latest)
    setInitial(draftOf(latest))
    submission.reset()
    await invalidate()
  }
  return {
    base,
    draft,
    change: (next) => setDraft((before) => ({ ...before, ...next })),
    credentials: plan.typed,
    changeCredentials: (next) => setCredentials((before) => ({ ...before, ...next })),
    plan,
    submission,
    save,
    rebase,
    discard: () => base !== undefined && adopt(base, known),
  }
}

function validateShared(draft: Draft, { sendsShared, typed, stored, mustReenter }: Plan) {
  const missing = mustReenter ? text('endpointChanged') : undefined
  return sendsShared ? validateCredentials({ draft, credentials: typed, stored, missing }) : {}
}

type Versioned = { readonly version: number }

function isLater(loaded: Versioned | undefined, known: Versioned | undefined): boolean {
  return (loaded?.version ?? 0) > (known?.version ?? 0)
}

/** Returns the edited fields of a draft. */
function editedFields(draft: Draft, initial: Draft): Partial<Draft> {
  return Object.fromEntries(
    Object.entries(draft).filter(([name, value]) => isDifferent(value, Reflect.get(initial, name))),
  )
}
