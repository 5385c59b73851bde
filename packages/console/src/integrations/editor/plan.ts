import type { Connection, Integration, Settings } from '../integration.ts'
import { type Draft, type Values, valuesOf } from './draft.ts'
import { changesOf, connectionBody, integrationBody } from './request.ts'
import { hasMoved, storedAt, valuesAt } from './stored.ts'

type PlanTerms = {
  readonly base: Integration | undefined
  /** The shared connection as loaded. */
  readonly known: Connection | undefined
  /** The initial draft. */
  readonly begin: Draft
  readonly given: Settings
  readonly draft: Draft
  readonly values: Values
  readonly timeZone: string | undefined
}

/** The requests that saving would send. */
export type Plan = ReturnType<typeof planOf>

/** Compares the input with the stored state. */
export function planOf({ base, known, begin, given, draft, values, timeZone }: PlanTerms) {
  const { kind } = draft
  const settings = base?.auth ?? {}
  const isMoved = hasMoved(base, draft)
  const stored = storedAt(known, isMoved)
  const typed = valuesAt(values, isMoved)
  const before = valuesAt(valuesOf(known, base?.auth ?? given, timeZone), isMoved)
  const terms = { kind, stored, settings, timeZone }
  const body = integrationBody(draft, base?.auth)
  const connection = connectionBody({ ...terms, values: typed })
  const hasShared = kind !== 'none' && (!draft.organizationSpecific || draft.sharedFallback)
  const isTyped = isOther(connection, connectionBody({ ...terms, values: before }))
  // Stored secrets are not sent to a new endpoint.
  const isDemanded = isMoved && known !== undefined
  const changes = changesOf(body, integrationBody(begin, base?.auth))
  return {
    body,
    changes,
    connection,
    stored,
    typed,
    isMoved,
    isDemanded,
    hasShared,
    sendsShared: hasShared && (isTyped || isDemanded),
    isDirty: Object.keys(changes).length > 0 || (hasShared && isTyped),
  }
}

/** Returns whether two values differ in their JSON representation. */
export function isOther(one: unknown, another: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(another)
}
