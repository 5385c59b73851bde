// `npm test`: provides PostgreSQL and system packages if possible, then runs all tests on both databases and the static
// checks. The last line is the count. The exit status is 0 only without failures. `npm test -- <part of a path>`
// runs only matching test files.
import { browserPackage, provideSystemPackages, systemPython } from './system-packages.mjs'
import { providePostgres } from './test/postgres.mjs'
import { checkTypes, runOtherChecks, skipStaticChecks } from './test/static-checks.mjs'
import { summarize } from './test/summary.mjs'
import { chooseTests } from './test/test-files.mjs'
import { runVitest } from './test/vitest.mjs'

/** @import { Results } from './test/summary.mjs' */

const args = process.argv.slice(2)
const chosen = chooseTests(args)
const interruption = new AbortController()
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(name, () => interruption.abort())
}

// Without npm, the machine's own Node may run this script.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write('The tests need Node 24. Run npm test, which installs it.\n')
  process.exit(1)
}

const { text, isPassed } = summarize(await runEverything(interruption.signal))
process.stdout.write(`\n${text}`)
process.exitCode = isPassed ? 0 : 1

/** @param {AbortSignal} signal */
async function runEverything(signal) {
  const missing = chosen.needsPackages ? provideSystemPackages() : {}
  const postgres = chosen.needsPostgres
    ? await providePostgres()
    : { reason: 'no selected test needs it' }
  try {
    signal.throwIfAborted()
    const machine = { postgres, missing }
    if (chosen.isPart) {
      const skipped = skipStaticChecks('only some test files were selected')
      return [skipped, await runTests(machine, signal)]
    }
    const types = await checkTypes(signal)
    return [types, ...(await Promise.all([runOtherChecks(signal), runTests(machine, signal)]))]
  } catch (error) {
    if (!signal.aborted) throw error
    return [{ passed: 0, failures: ['the run was interrupted'], skips: [] }]
  } finally {
    if ('url' in postgres) await postgres.stop()
  }
}

/**
 * @typedef {object} Machine
 * @property {import('./test/postgres.mjs').Postgres | { reason: string }} postgres
 * @property {Record<string, string>} missing    the missing system packages, with the reason
 *
 * @param {Machine} machine
 * @param {AbortSignal} signal
 * @returns {Promise<Results>}
 */
async function runTests({ postgres, missing }, signal) {
  /** @type {Results['skips'][number][]} */
  const skippedProjects = []
  const projects = ['packages', 'sqlite']
  if ('url' in postgres) {
    process.stdout.write(`PostgreSQL for the tests: ${postgres.description}\n`)
    projects.push('postgres')
  } else if (chosen.needsPostgres) {
    skippedProjects.push({ what: 'all tests on PostgreSQL', reason: postgres.reason })
  }
  if (missing[browserPackage] === undefined) projects.push('console')
  else {
    const reason = `${browserPackage} is not installed: ${missing[browserPackage]}`
    skippedProjects.push({ what: 'all browser tests of the console', reason })
  }
  const env = {
    KEYPORTER_TEST_PYTHON: systemPython,
    KEYPORTER_TEST_MISSING_PACKAGES: JSON.stringify(missing),
    ...('url' in postgres ? { TEST_DATABASE_URL: postgres.url } : {}),
  }
  const results = await runVitest({ args, projects, env, signal })
  return { ...results, skips: [...results.skips, ...skippedProjects] }
}
