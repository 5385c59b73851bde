import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { usageError } from './exit-codes.ts'
import type { Session } from './session.ts'

/**
 * Has something confirmed that cannot be undone: by its name, typed at the terminal or given as an option.
 *
 * @throws {CommanderError} when the name is another one, or nobody can be asked
 */
export async function confirmName(
  { host, noInput }: Session,
  asked: { readonly what: string; readonly name: string; readonly given: string | undefined },
): Promise<void> {
  const { what, name, given } = asked
  if (given === undefined && noInput) throw usageError(`${what} Confirm it: --confirm "${name}".`)
  const typed = given ?? (await ask(host, `${what} Type its name to confirm: `))
  if (typed !== name) throw usageError('That is not its name. Nothing was changed.')
}

async function ask({ stdin, stderr }: Session['host'], question: string): Promise<string> {
  // Readline wants a whole stream; what it echoes belongs to the terminal, not to the result.
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
