// Writes the results to the file in KEYPORTER_TEST_REPORT, for the summary of `npm test`: with the reason of each skip,
// failures outside tests, and the duration of each file.
import { writeFileSync } from 'node:fs'

/** @import { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node' */

/** @implements {Reporter} */
export default class ResultsReporter {
  /**
   * @param {ReadonlyArray<TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   * @param {TestRunEndReason} reason
   */
  onTestRunEnd(modules, unhandledErrors, reason) {
    const file = process.env.KEYPORTER_TEST_REPORT
    if (file === undefined) return
    const results = modules.map(resultsOf)
    const report = {
      passed: results.reduce((sum, { passed }) => sum + passed, 0),
      failures: [
        ...results.flatMap(({ failures }) => failures),
        ...unhandledErrors.map(() => 'an error that no test caught'),
        ...(reason === 'interrupted' ? ['the run was interrupted'] : []),
      ],
      skips: results.flatMap(({ skips }) => skips),
      files: modules.map((module) => ({ name: nameOf(module), milliseconds: durationOf(module) })),
    }
    writeFileSync(file, JSON.stringify(report))
  }
}

/** @param {TestModule} module */
function nameOf({ project, relativeModuleId }) {
  return `[${project.name}] ${relativeModuleId}`
}

/**
 * Returns the duration from the import of the file to the end of its last hook.
 *
 * @param {TestModule} module
 */
function durationOf(module) {
  const { collectDuration, setupDuration, duration } = module.diagnostic()
  return Math.round(collectDuration + setupDuration + duration)
}

/** @param {TestModule} module */
function resultsOf(module) {
  const place = nameOf(module)
  const tests = Object.groupBy(module.children.allTests(), (test) => test.result().state)
  const brokenSuites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0)
  // A pending test did not end, because the run was interrupted. It counts as failed.
  const failed = [...(tests.failed ?? []), ...(tests.pending ?? []), ...brokenSuites]
  return {
    passed: tests.passed?.length ?? 0,
    failures: [
      ...(module.errors().length > 0 ? [place] : []),
      ...failed.map(({ fullName }) => `${place} > ${fullName}`),
    ],
    skips: (tests.skipped ?? []).map((test) => ({
      what: `${place} > ${test.fullName}`,
      reason: reasonOf(test),
    })),
  }
}

/** @param {TestCase} test */
function reasonOf(test) {
  const result = test.result()
  if (result.state === 'skipped' && result.note !== undefined) return result.note
  if (test.options.mode === 'todo') return 'the test is not written yet'
  return failureOfSetup(test) ?? 'NO REASON: use ctx.skip(reason)'
}

/**
 * A failure in a setup hook of the file or of a suite also skips its tests.
 *
 * @param {TestCase} test
 */
function failureOfSetup(test) {
  for (let part = test.parent; part.type === 'suite'; part = part.parent) {
    if (part.errors().length > 0) return `a setup hook failed: ${part.fullName}`
  }
  return test.module.errors().length > 0 ? 'the setup of its file failed' : undefined
}
