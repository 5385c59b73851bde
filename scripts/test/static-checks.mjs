// Static checks. Each check counts as one test. A check depends only on the repository: it runs with the machine's programs
// hidden, if the machine permits that.
import { join } from 'node:path'
import { root } from '../setup/paths.mjs'
import { hidePrograms } from './hidden-programs.mjs'
import { programOf, runProgram } from './run-program.mjs'

/** Runs before the tests, because the tests of the published packages use its output. */
const typeCheck = { name: 'types', file: programOf('typescript', 'tsc'), args: ['-b'] }

const otherChecks = [
  { name: 'lint', file: programOf('oxlint'), args: [] },
  {
    name: 'format (npm run format fixes it)',
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

/** @param {AbortSignal} signal */
export function checkTypes(signal) {
  return runChecks([typeCheck], signal)
}

/** @param {AbortSignal} signal */
export function runOtherChecks(signal) {
  return runChecks(otherChecks, signal)
}

/**
 * Runs all checks one after the other, and prints the output of failed checks.
 *
 * @param {readonly (typeof typeCheck)[]} checks
 * @param {AbortSignal} signal
 * @returns {Promise<import('./summary.mjs').Results>}
 */
async function runChecks(checks, signal) {
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
  const skips =
    'reason' in hiding
      ? checks.map(({ name }) => ({ what: `${name}: ${HIDDEN}`, reason: hiding.reason }))
      : []
  return { passed: checks.length - failures.length, failures, skips }
}

const HIDDEN = 'without the programs of the machine'

/**
 * @param {string} reason
 * @returns {import('./summary.mjs').Results}
 */
export function skipStaticChecks(reason) {
  const skips = [typeCheck, ...otherChecks].map(({ name }) => ({ what: name, reason }))
  return { passed: 0, failures: [], skips }
}
