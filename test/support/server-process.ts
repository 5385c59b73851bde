import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Pair } from './server.ts'

// The bundle that users run. `npm test` rebuilds it when the sources changed.
const MAIN = fileURLToPath(new URL('../../packages/server/dist/keyporter.mjs', import.meta.url))

/** A Keyporter server in its own process. */
export type ServerProcess = {
  readonly url: string
  readonly child: ChildProcess
  /** The output of both streams. */
  readonly output: () => string
  /** Sends a signal and waits for the exit. Returns the exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

const directories: string[] = []
// A worker loads this module once for all its files. The directories are removed when the worker
// ends.
process.once('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

/**
 * Creates a directory for data below the system's temporary directory. It is removed when this
 * process ends.
 */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keyporter-process-'))
  directories.push(directory)
  return directory
}

/**
 * Returns the environment of a first start that writes a management credential with every privilege
 * to a file.
 */
export function firstStartEnv(directory: string): Record<string, string> {
  return {
    KEYPORTER_DATA_DIR: join(directory, 'data'),
    KEYPORTER_PORT: '0',
    KEYPORTER_INIT_ORGANIZATION: 'Acme',
    KEYPORTER_INIT_CREDENTIAL_FILE: join(directory, 'manager.json'),
  }
}

/** Returns the management credential that a first start wrote. */
export function readManager(directory: string): Pair & { readonly organizationId: string } {
  return JSON.parse(readFileSync(join(directory, 'manager.json'), 'utf8'))
}

/** Runs the program to its end, for starts that must fail. */
export async function runServer(
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const { child, output } = launch(env, args)
  const code = await exited(child)
  return { code, output: output() }
}

/** Starts the program and kills it after a delay in milliseconds. */
export async function killServerAfter(env: Record<string, string>, afterMs: number): Promise<void> {
  const { child } = launch(env, [])
  const exit = exited(child)
  setTimeout(() => child.kill('SIGKILL'), afterMs)
  await exit
}

/** Starts the program and waits until it accepts requests. */
export async function startServerProcess(
  env: Record<string, string>,
  args: readonly string[] = [],
  program: string = MAIN,
): Promise<ServerProcess> {
  const { child, output } = launch(env, args, program)
  const exit = exited(child)
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /listens on (\S+)/.exec(output())?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', look)
    void exit.then((code) => reject(new Error(`ended with ${code} before it served:\n${output()}`)))
  })
  return {
    url,
    child,
    output,
    end: async (signal) => {
      child.kill(signal)
      return exit
    },
  }
}

function launch(env: Record<string, string>, args: readonly string[], program = MAIN) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (part: string) => {
      text += part
    })
  }
  return { child, output: () => text }
}

function exited(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', (code) => resolve(code)))
}
