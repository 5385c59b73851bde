// What `npm test` runs: PostgreSQL and system packages are provided where they can be, then come the
// static checks and every test on both stores. The last line is the count; the exit status is 0 only
// when nothing failed. `npm test -- <part of a path>` runs the matching test files alone.
import { provideSystemPackages, systemPython } from './system-packages.mjs'
import { providePostgres } from './test/postgres.mjs'
import { runStaticChecks, skipStaticChecks } from './test/static-checks.mjs'
import { summarize } from './test/summary.mjs'
import { runVitest } from './test/vitest.mjs'

const filters = process.argv.slice(2)
const interruption = new AbortController()
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(name, () => interruption.abort())
}

// By hand, without npm, it may be the machine's own Node that runs this.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write('The tests need Node 24, which npm test provides.\n')
  process.exit(1)
}

const { text, isPassed } = summarize(await runEverything(interruption.signal))
process.stdout.write(`\n${text}`)
process.exitCode = isPassed ? 0 : 1

/** @param {AbortSignal} signal */
async function runEverything(signal) {
  const postgres = await providePostgres()
  try {
    signal.throwIfAborted()
    const checks = await runChecks(signal)
    return [checks, await runTests(postgres, signal)]
  } catch (error) {
    if (!signal.aborted) throw error
    return [{ passed: 0, failures: ['the run was interrupted'], skips: [] }]
  } finally {
    if ('url' in postgres) await postgres.stop()
  }
}

/** @param {AbortSignal} signal */
function runChecks(signal) {
  return filters.length === 0
    ? runStaticChecks(signal)
    : skipStaticChecks('only some test files were asked for')
}

/**
 * @param {import('./test/postgres.mjs').Postgres | { reason: string }} postgres
 * @param {AbortSignal} signal
 */
async function runTests(postgres, signal) {
  const env = {
    KEYPORTER_TEST_PYTHON: systemPython,
    KEYPORTER_TEST_MISSING_PACKAGES: JSON.stringify(provideSystemPackages()),
  }
  if ('reason' in postgres) {
    const results = await runVitest({ filters, projects: ['sqlite'], env, signal })
    const skip = { what: 'every test on PostgreSQL', reason: postgres.reason }
    return { ...results, skips: [...results.skips, skip] }
  }
  process.stdout.write(`PostgreSQL for the tests: ${postgres.description}\n`)
  return runVitest({
    filters,
    projects: ['sqlite', 'postgres'],
    env: { ...env, TEST_DATABASE_URL: postgres.url },
    signal,
  })
}
