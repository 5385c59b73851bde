// Runs programs under this Node, wherever the shell's own may be.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { modules, root } from '../setup/paths.mjs'

/**
 * @param {object} run
 * @param {string} run.file                   the program
 * @param {readonly string[]} run.args
 * @param {readonly string[]} [run.prefix]    a command that runs the program
 * @param {NodeJS.ProcessEnv} [run.env]       added to this process's
 * @param {boolean} [run.quiet]               collect what it prints instead of passing it on
 * @param {AbortSignal} run.signal            ends it
 * @returns {Promise<{ status: number | null, output: string }>}
 */
export function runProgram({ file, args, prefix = [], env, quiet = false, signal }) {
  const [command = '', ...rest] = [...prefix, process.execPath, file, ...args]
  const child = spawn(command, rest, {
    cwd: root,
    env: { ...process.env, ...env },
    signal,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => (output += chunk))
  }
  // After an abort too, it is over when the child has ended, not when it was told to.
  child.on('error', (error) => (output += `${error.message}\n`))
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, output }))
  })
}

/**
 * The file that a package in node_modules offers as a program.
 *
 * @param {string} name    of the package
 * @param {string} [bin]   of the program, where that is another
 */
export function programOf(name, bin = name) {
  const folder = join(modules, name)
  const declared = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).bin
  return join(folder, typeof declared === 'string' ? declared : declared[bin])
}
