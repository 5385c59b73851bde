import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Results, summarize } from '../scripts/test/summary.mjs'
import { repository } from './support/sources.ts'

describe('the report of a run with every outcome', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyporter-test-run-'))
  let report: Results

  beforeAll(() => {
    const file = join(folder, 'report.json')
    const config = join(repository, 'test/fixtures/test-run/vitest.config.ts')
    const reporter = join(repository, 'scripts/test/vitest-reporter.mjs')
    const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
    const args = [vitest, 'run', `--config=${config}`, `--reporter=${reporter}`]
    spawnSync(process.execPath, args, { env: { ...process.env, KEYPORTER_TEST_REPORT: file } })
    report = JSON.parse(readFileSync(file, 'utf8'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('counts passed tests', () => {
    expect(report.passed).toBe(2)
  })

  test('counts each failure of a test, hook or file once, and each uncaught error', () => {
    expect([...report.failures].sort()).toEqual([
      '[fixture] every-outcome.fixture.ts > a broken preparation',
      '[fixture] every-outcome.fixture.ts > fails',
      '[fixture] no-module.fixture.ts',
      'an error that no test caught',
    ])
  })

  test('has a reason for every skipped test', () => {
    const reasons = report.skips.map(({ what, reason }) => [what.split(' > ').at(-1), reason])
    expect(Object.fromEntries(reasons)).toEqual({
      'is skipped with a reason': 'the moon is not full',
      'is not written yet': 'the test is not written yet',
      'cannot run': 'a setup hook failed: a broken preparation',
    })
  })
})

describe('the summary', () => {
  const passed: Results = { passed: 3, failures: [], skips: [] }
  const mixed: Results = {
    passed: 4,
    failures: ['[sqlite] a.test.ts > fails'],
    skips: [
      { what: 'one', reason: 'it rains' },
      { what: 'two', reason: 'it snows' },
      { what: 'three', reason: 'it rains' },
    ],
  }

  test('ends with a line that contains only the counts', () => {
    const { text } = summarize([passed, mixed])
    expect(text.split('\n').slice(-2)).toEqual(['7 passed, 1 failed, 3 skipped', ''])
  })

  test('prints each skip reason once, above its tests', () => {
    expect(summarize([mixed]).text).toContain(
      '  it rains:\n    - one\n    - three\n  it snows:\n    - two\n',
    )
  })

  test('passes only if no test failed', () => {
    expect(summarize([passed]).isPassed).toBe(true)
    expect(summarize([passed, mixed]).isPassed).toBe(false)
  })
})
