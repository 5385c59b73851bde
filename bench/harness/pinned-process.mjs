// Processes pinned to one core: the server to the first, the load generator to the second.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export const SERVER_CORE = 0
export const LOAD_CORE = 1

/**
 * Starts a process on one core, by default Node. Keeps its standard error for the error message.
 *
 * @param {{
 *   core: number, command?: string, args: string[], env?: Record<string, string>, stdin?: 'pipe' | 'ignore',
 * }} options
 */
export function startPinned({
  core,
  command = process.execPath,
  args,
  env = {},
  stdin = 'ignore',
}) {
  const child = spawn('taskset', ['--cpu-list', String(core), command, ...args], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  })
  running.add(child)
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4_000)
  })
  const ended = new Promise((resolve) => child.once('close', resolve)).then((code) => {
    running.delete(child)
    return code
  })
  return { child, ended, errors: () => errors }
}

/** @param {ReturnType<typeof startPinned>} started */
export async function stopPinned({ child, ended }) {
  child.kill('SIGTERM')
  const killing = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await ended
  clearTimeout(killing)
}

/**
 * Returns the first line of standard output.
 *
 * @param {ReturnType<typeof startPinned>} started
 * @returns {Promise<string>}
 */
export async function firstLine({ child, ended, errors }) {
  child.stdout.setEncoding('utf8')
  let text = ''
  const line = (async () => {
    while (!text.includes('\n')) text += (await once(child.stdout, 'data'))[0]
    return text.slice(0, text.indexOf('\n'))
  })()
  const failure = ended.then((code) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code}:\n${errors()}`)
  })
  return Promise.race([line, failure])
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

// No process outlives the measurement, even after an error.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))
