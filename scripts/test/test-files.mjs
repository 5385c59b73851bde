// Selects the test files of a run and determines their requirements, so that a run of one file starts only what it needs.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/paths.mjs'

/** Options of vitest whose value is the next argument. */
const optionsWithValue = new Set(['-t', '--testNamePattern'])

/**
 * @typedef {object} ChosenTests
 * @property {boolean} isPart           only files that match a part of a path
 * @property {boolean} needsPostgres
 * @property {boolean} needsPackages    of the operating system
 *
 * @param {readonly string[]} args    arguments of vitest: parts of paths, and options
 * @returns {ChosenTests}
 */
export function chooseTests(args) {
  const parts = args.filter(
    (arg, index) => !arg.startsWith('-') && !optionsWithValue.has(args[index - 1] ?? ''),
  )
  const isPart = parts.length > 0 || args.some((arg) => optionsWithValue.has(arg))
  const files = testFiles().filter(
    (file) => parts.length === 0 || parts.some((part) => file.includes(part)),
  )
  return {
    isPart,
    needsPostgres: files.some(runsOnPostgres),
    needsPackages: files.some(
      (file) =>
        isInBrowser(file) || isUsing(file, 'requireSystemPackage|openNetworkNamespace|python'),
    ),
  }
}

function testFiles() {
  return globSync(['packages/*/{src,build}/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root })
}

/** @param {string} file */
function isInBrowser(file) {
  return file.startsWith('test/console/')
}

/** @param {string} file */
function runsOnPostgres(file) {
  const isOnBothStores = /^(packages\/server|test)\//.test(file) && !file.endsWith('.once.test.ts')
  return (isOnBothStores && !isInBrowser(file)) || isUsing(file, 'requirePostgres')
}

/**
 * @param {string} file
 * @param {string} names    a regular expression
 */
function isUsing(file, names) {
  return new RegExp(String.raw`\b(${names})\b`).test(readFileSync(join(root, file), 'utf8'))
}
