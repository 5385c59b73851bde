import { spawn } from 'node:child_process'

/** The exit code and output of a program. */
export type ProgramResult = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The arguments and input of a program. */
export type ProgramInput = {
  readonly args: readonly string[]
  /** Written to standard input, which is then closed. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

const TIMEOUT_MS = 25_000

/** Returns the path of the Python that has the modules of the operating system's packages. */
export function python(): string {
  return process.env['KEYPORTER_TEST_PYTHON'] ?? '/usr/bin/python3'
}

/**
 * Runs a program to its end, without the environment variables of the test run, such as proxy
 * settings. The program may call a server in this process.
 */
export async function runProgram(
  command: string,
  { args, input = '', env = {} }: ProgramInput,
): Promise<ProgramResult> {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8')
    child[name].on('data', (part: string) => {
      written[name] += part
    })
  }
  // Ignores a write error of a program that exits before it reads its input.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...written }))
  })
}

/**
 * Sends a JSON value to a program and returns the JSON value that the program writes. Throws if the
 * program fails.
 */
export async function runJsonProgram<T>(
  command: string,
  { args, input, env }: Omit<ProgramInput, 'input'> & { readonly input: unknown },
): Promise<T> {
  const { code, stdout, stderr } = await runProgram(command, {
    args,
    input: JSON.stringify(input),
    ...(env === undefined ? {} : { env }),
  })
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stderr}`)
  return JSON.parse(stdout)
}
