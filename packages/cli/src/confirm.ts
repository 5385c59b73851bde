import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { CommandContext } from './context.ts'
import { usageError } from './exit-codes.ts'

/**
 * Requires the name of a resource as the confirmation of an irreversible action, from the option or a prompt.
 *
 * @param action `warning`: a sentence about the consequence. `given`: the name in the option
 *
 * @throws {CommanderError} when the name does not match, or prompts are disabled
 */
export async function confirmName(
  { host, noInput }: CommandContext,
  action: { readonly warning: string; readonly name: string; readonly given: string | undefined },
): Promise<void> {
  const { warning, name, given } = action
  if (given === undefined && noInput)
    throw usageError(`${warning} To confirm, use --confirm "${name}".`)
  const typed = given ?? (await ask(host, `${warning} Type “${name}” to confirm: `))
  if (typed !== name) throw usageError('The name does not match. Nothing was changed.')
}

async function ask({ stdin, stderr }: CommandContext['host'], question: string): Promise<string> {
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
