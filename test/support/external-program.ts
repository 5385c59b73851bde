import { spawn } from 'node:child_process'

/** How a program ended, and what it wrote. */
export type ProgramResult = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What a program is given. */
export type ProgramInput = {
  readonly args: readonly string[]
  /** Written to its standard input, which is then closed. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

const PATIENCE_MS = 25_000

/** The Python that has the modules of the operating system's packages. */
export function python(): string {
  return process.env['KEYPORTER_TEST_PYTHON'] ?? '/usr/bin/python3'
}

/**
 * Runs a program to its end, in an environment of its own: no proxy, no settings of whoever tests.
 * This process goes on serving meanwhile, so the program may talk to a server in it.
 */
export async function runProgram(
  command: string,
  { args, input = '', env = {} }: ProgramInput,
): Promise<ProgramResult> {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8')
    child[name].on('data', (part: string) => {
      written[name] += part
    })
  }
  // A program that ends before it has read everything is judged by what it wrote.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...written }))
  })
}

/** Gives a program a JSON value and reads the one that it writes; throws when it failed. */
export async function askProgram<T>(
  command: string,
  { args, question, env }: Omit<ProgramInput, 'input'> & { readonly question: unknown },
): Promise<T> {
  const input = JSON.stringify(question)
  const { code, stdout, stderr } = await runProgram(command, {
    args,
    input,
    ...(env === undefined ? {} : { env }),
  })
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stderr}`)
  return JSON.parse(stdout)
}
