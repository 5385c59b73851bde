// Runs programs with this Node, not with the Node of the shell.
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
 * @param {boolean} [run.quiet]               collect the output instead of printing it
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
  // After an abort too, waits until the child process has ended.
  child.on('error', (error) => (output += `${error.message}\n`))
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, output }))
  })
}

/**
 * Returns the file of a program of a package in node_modules.
 *
 * @param {string} name    of the package
 * @param {string} [bin]   of the program, if it differs
 */
export function programOf(name, bin = name) {
  const folder = join(modules, name)
  const declared = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).bin
  return join(folder, typeof declared === 'string' ? declared : declared[bin])
}
