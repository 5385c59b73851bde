import type { ResponseBody, routes } from '@keyporter/contract'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export type ConnectionTest = ResponseBody<typeof routes.calls.test>
export type Step = ConnectionTest['steps'][number]

/** Returns the message for a failed step: the problem and the remedy. */
export function failureMessage(step: Step, response: ConnectionTest['response']): string {
  const key = `code.${step.code}`
  if (text.has(key)) return text(key)
  const word = step.step === 'status' ? codeOfStatus(response?.status) : undefined
  // Falls back to the server's text for unknown codes.
  return word === undefined ? step.detail : text(`code.${word}`)
}

/** Maps an HTTP status to a message code. */
function codeOfStatus(status: number | undefined) {
  if (status === undefined) return undefined
  if (status === 401 || status === 403) return 'rejected'
  if (status === 404) return 'not_found'
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'server_error' : undefined
}
