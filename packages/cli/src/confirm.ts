import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { usageError } from './exit-codes.ts'
import type { Session } from './session.ts'

/**
 * Confirms an irreversible action by name, from the option or a prompt.
 *
 * @throws {CommanderError} when the name does not match, or prompts are disabled
 */
export async function confirmName(
  { host, noInput }: Session,
  action: { readonly what: string; readonly name: string; readonly given: string | undefined },
): Promise<void> {
  const { what, name, given } = action
  if (given === undefined && noInput)
    throw usageError(`${what} To confirm, use --confirm "${name}".`)
  const typed = given ?? (await ask(host, `${what} Type “${name}” to confirm: `))
  if (typed !== name) throw usageError('The name does not match. Nothing was changed.')
}

async function ask({ stdin, stderr }: Session['host'], question: string): Promise<string> {
  // Readline requires a complete stream. The prompt goes to standard error, not to the result.
  const output = new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      stderr.write(chunk)
      done()
    },
  })
  const terminal = createInterface({ input: stdin, output, terminal: false })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}
