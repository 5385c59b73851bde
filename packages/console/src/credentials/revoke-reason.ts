import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export const reasonChoices = ['none', 'not_needed', 'leaked', 'replaced', 'other'] as const
export type ReasonChoice = (typeof reasonChoices)[number]

/** The reason of a revocation: a choice and free text. */
export type Reason = { readonly choice: ReasonChoice; readonly detail: string }

export const noReason: Reason = { choice: 'none', detail: '' }

/** Returns the reason as the audit log stores it; undefined if none was given. */
export function reasonText({ choice, detail: typed }: Reason): string | undefined {
  const detail = typed.trim()
  const isNamed = choice !== 'none' && choice !== 'other'
  if (!isNamed) return detail === '' ? undefined : detail
  const reason = text(`revoke.reason.${choice}`)
  return detail === '' ? reason : text('revoke.reason.with', { reason, detail })
}
