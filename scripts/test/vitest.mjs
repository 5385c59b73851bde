// Runs vitest and reads the reporter's results.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programOf, runProgram } from './run-program.mjs'

const reporters = ['--reporter=default', '--reporter=./scripts/test/vitest-reporter.mjs']

/**
 * @param {object} run
 * @param {readonly string[]} run.args       arguments of vitest: parts of paths, -t name
 * @param {readonly string[]} run.projects
 * @param {NodeJS.ProcessEnv} run.env
 * @param {AbortSignal} run.signal
 * @returns {Promise<import('./summary.mjs').Results>}
 */
export async function runVitest({ args, projects, env, signal }) {
  const folder = mkdtempSync(join(tmpdir(), 'keyporter-test-'))
  const report = join(folder, 'report.json')
  try {
    const chosen = projects.map((project) => `--project=${project}`)
    const { status } = await runProgram({
      file: programOf('vitest'),
      args: ['run', '--allowOnly=false', ...reporters, ...chosen, ...args],
      // Removed after the run, with all temporary files of the tests.
      env: { ...env, KEYPORTER_TEST_REPORT: report, TMPDIR: folder, TEMP: folder, TMP: folder },
      signal,
    })
    signal.throwIfAborted()
    return addFailureOfVitest(readReport(report), status)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failures: [], skips: [] }
  }
}

/**
 * Counts a failure of vitest outside the tests, such as a filter that matches no file.
 *
 * @param {import('./summary.mjs').Results} results
 * @param {number | null} status
 */
function addFailureOfVitest(results, status) {
  if (status === 0 || results.failures.length > 0) return results
  return { ...results, failures: [`vitest ended with status ${status}`] }
}
