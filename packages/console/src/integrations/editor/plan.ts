import type { Connection, Integration, Settings } from '../integration.ts'
import { type CredentialInput, credentialInputOf, type Draft } from './draft.ts'
import { hasEndpointChanged, keptConnection, keptInput } from './endpoint-change.ts'
import { changesOf, connectionBody, integrationBody } from './request.ts'

type PlanTerms = {
  readonly base: Integration | undefined
  /** The shared connection as loaded. */
  readonly known: Connection | undefined
  /** The initial draft. */
  readonly initial: Draft
  readonly defaults: Settings
  readonly draft: Draft
  readonly credentials: CredentialInput
  readonly timeZone: string | undefined
}

/** The requests that saving would send. */
export type Plan = ReturnType<typeof planOf>

/** Compares the input with the stored state. */
export function planOf({
  base,
  known,
  initial,
  defaults,
  draft,
  credentials,
  timeZone,
}: PlanTerms) {
  const { kind } = draft
  const settings = base?.auth ?? {}
  const isEndpointChanged = hasEndpointChanged(base, draft)
  const stored = keptConnection(known, isEndpointChanged)
  const typed = keptInput(credentials, isEndpointChanged)
  const before = keptInput(
    credentialInputOf(known, base?.auth ?? defaults, timeZone),
    isEndpointChanged,
  )
  const terms = { kind, stored, settings, timeZone }
  const body = integrationBody(draft, base?.auth)
  const connection = connectionBody({ ...terms, credentials: typed })
  const hasShared = kind !== 'none' && (!draft.organizationSpecific || draft.sharedFallback)
  const isTyped = isDifferent(connection, connectionBody({ ...terms, credentials: before }))
  // Stored secrets are not sent to a new endpoint.
  const mustReenter = isEndpointChanged && known !== undefined
  const changes = changesOf(body, integrationBody(initial, base?.auth))
  return {
    body,
    changes,
    connection,
    stored,
    typed,
    isEndpointChanged,
    mustReenter,
    hasShared,
    sendsShared: hasShared && (isTyped || mustReenter),
    isDirty: Object.keys(changes).length > 0 || (hasShared && isTyped),
  }
}

/** Returns whether two values differ in their JSON representation. */
export function isDifferent(one: unknown, another: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(another)
}
