import type { Command } from 'commander'
import { usageError } from './exit-codes.ts'
import { readStdin } from './host.ts'
import { readText, type Session } from './session.ts'

/** Where values are that may be secrets. */
export type ValuesOptions = { readonly values?: string; readonly valuesFile?: string }

/** Declares where a command takes its values from: never from the command line itself. */
export function addValuesOptions(command: Command, what: string): Command {
  return command
    .option('--values-file <file>', `a JSON file with ${what}`)
    .option('--values <source>', '- for the standard input: the same from there')
}

/**
 * Reads values; undefined where the command line names none.
 *
 * @throws {CommanderError} when they stand in the command line, or are no JSON object
 */
export async function readValues(
  { host, secretStdin }: Session,
  { values, valuesFile }: ValuesOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (values === undefined && valuesFile === undefined) return undefined
  if (values !== undefined && values !== '-') {
    throw usageError(
      'A command line can be seen by others: --values takes - alone, for the standard input, and --values-file a file.',
    )
  }
  if (values !== undefined && valuesFile !== undefined)
    throw usageError('One of --values and --values-file is enough.')
  if (values !== undefined && secretStdin)
    throw usageError('The standard input holds one thing: give the values by --values-file.')
  const text = valuesFile === undefined ? await readStdin(host) : readText(valuesFile)
  const parsed = parse(text)
  if (parsed === undefined)
    throw usageError(`${valuesFile ?? 'The standard input'}: a JSON object is needed.`)
  return parsed
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined
  } catch {
    // What JSON.parse says would quote the secret.
    return undefined
  }
}

/** The client refuses a name that the route does not know: the values have it, so it is a wrong use. */
export async function sendValues<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof TypeError) throw usageError(`${error.message}.`)
    throw error
  }
}
