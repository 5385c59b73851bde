import type { Command } from 'commander'
import { usageError } from './exit-codes.ts'
import { readStdin } from './host.ts'
import { readText, type Session } from './session.ts'

/** The source of JSON input that can contain secrets. */
export type InputOptions = { readonly values?: string; readonly valuesFile?: string }

/** Declares the options for JSON input. Secrets in arguments would be visible to other processes. */
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
  { host, secretStdin }: Session,
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
  const parsed = parse(text)
  if (parsed === undefined)
    throw usageError(`${valuesFile ?? 'Standard input'} must contain a JSON object.`)
  return parsed
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined
  } catch {
    // The message of JSON.parse can contain the secret.
    return undefined
  }
}

/** Converts the TypeError of the client for unknown fields to a usage error. */
export async function sendInput<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof TypeError) throw usageError(error.message)
    throw error
  }
}
