import type { Command } from 'commander'
import { type CommandContext, parseJsonObject, readText } from './context.ts'
import { usageError } from './exit-codes.ts'
import { readStdin } from './host.ts'

/** The source of JSON input that can contain secrets. */
export type InputOptions = { readonly input?: string }

/** The file name that means standard input. */
const STDIN = '-'

/**
 * Declares the option for JSON input: a file or standard input, because other processes could read secrets
 * in arguments.
 */
export function addInputOption(command: Command, fields: string): Command {
  return command.option('--input <file>', `JSON file with ${fields}; - for standard input`)
}

/**
 * Reads the JSON input. Returns undefined without an input option.
 *
 * @throws {CommanderError} when the JSON is in the command line, or is not an object
 */
export async function readInput(
  { host, secretStdin }: CommandContext,
  { input }: InputOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (input === undefined) return undefined
  if (input.trimStart().startsWith('{')) {
    throw usageError(
      'Other processes can read the command line. Use --input <file>, or --input - for standard input.',
    )
  }
  if (input === STDIN && secretStdin)
    throw usageError('--secret-stdin already uses standard input. Use --input <file>.')
  const value = parseJsonObject(input === STDIN ? await readStdin(host) : readText(input))
  if (value === undefined)
    throw usageError(`${input === STDIN ? 'Standard input' : input} must contain a JSON object.`)
  return value
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
