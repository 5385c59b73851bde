import type { Command } from 'commander'
import { type CommandContext, parseJsonObject, readText } from './context.ts'
import { usageError } from './exit-codes.ts'
import { readStdin } from './host.ts'

/** The source of JSON input that can contain secrets. */
export type InputOptions = { readonly values?: string; readonly valuesFile?: string }

/**
 * Declares the options for JSON input: a file or standard input, because other processes could read secrets
 * in arguments.
 */
export function addInputOptions(command: Command, fields: string): Command {
  return command
    .option('--values-file <file>', `JSON file with ${fields}`)
    .option('--values <source>', '- to read the same JSON from standard input')
}

/**
 * Reads the JSON input. Returns undefined without an input option.
 *
 * @throws {CommanderError} when the JSON is in the command line, or is not an object
 */
export async function readInput(
  { host, secretStdin }: CommandContext,
  { values, valuesFile }: InputOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (values === undefined && valuesFile === undefined) return undefined
  if (values !== undefined && values !== '-') {
    throw usageError(
      'Other processes can read the command line. Use --values-file <file>, or --values - for standard input.',
    )
  }
  if (values !== undefined && valuesFile !== undefined)
    throw usageError('Use either --values or --values-file.')
  if (values !== undefined && secretStdin)
    throw usageError('--secret-stdin already uses standard input. Use --values-file.')
  const text = valuesFile === undefined ? await readStdin(host) : readText(valuesFile)
  const input = parseJsonObject(text)
  if (input === undefined)
    throw usageError(`${valuesFile ?? 'Standard input'} must contain a JSON object.`)
  return input
}

/** Sends JSON input. Converts the TypeError of the client for an unknown field to a usage error. */
export async function sendInput<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof TypeError) throw usageError(error.message)
    throw error
  }
}
