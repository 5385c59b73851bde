// What can be said about the code without running it. Each check counts as one test. A check may read the repository
// alone: it runs where the machine's programs are hidden, if the machine allows that.
import { join } from 'node:path'
import { root } from '../setup/paths.mjs'
import { hidePrograms } from './hidden-programs.mjs'
import { programOf, runProgram } from './run-program.mjs'

const checks = [
  { name: 'types', file: programOf('typescript', 'tsc'), args: ['-b'] },
  { name: 'lint', file: programOf('oxlint'), args: [] },
  {
    name: 'format (npm run format mends it)',
    file: programOf('@biomejs/biome', 'biome'),
    args: ['ci', '--error-on-warnings', '--reporter=summary', '--colors=off'],
  },
  { name: 'unused code', file: programOf('knip'), args: ['--no-progress'] },
  {
    name: 'list of dependencies',
    file: join(root, 'scripts', 'dependencies.mjs'),
    args: ['--check'],
  },
]

/**
 * Runs all checks, also after a failure, and prints the output of those that failed.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<import('./summary.mjs').Results>}
 */
export async function runStaticChecks(signal) {
  const hiding = hidePrograms(process.execPath)
  const prefix = 'reason' in hiding ? [] : hiding
  const failures = []
  for (const check of checks) {
    const startedAt = Date.now()
    const { status, output } = await runProgram({ ...check, prefix, quiet: true, signal })
    signal.throwIfAborted()
    process.stdout.write(` ${status === 0 ? '✓' : '✗'} ${check.name} ${Date.now() - startedAt}ms\n`)
    if (status === 0) continue
    process.stdout.write(`${output.trimEnd()}\n\n`)
    failures.push(check.name)
  }
  const skips = 'reason' in hiding ? [{ what: HIDDEN, reason: hiding.reason }] : []
  return { passed: checks.length - failures.length, failures, skips }
}

const HIDDEN = 'that the static checks need no program of the machine'

/**
 * @param {string} reason
 * @returns {import('./summary.mjs').Results}
 */
export function skipStaticChecks(reason) {
  return { passed: 0, failures: [], skips: checks.map(({ name }) => ({ what: name, reason })) }
}
