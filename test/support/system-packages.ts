import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'vitest'

/**
 * Skips the test where a package of the operating system is missing. The names are those of
 * `scripts/system-packages.mjs`. `npm test` installs the packages where possible.
 */
export function requireSystemPackage(ctx: TestContext, name: string): void {
  const reason = readMissingPackages()[name]
  ctx.skip(reason !== undefined, `${name} is not installed: ${reason}`)
}

/**
 * Returns the path of a program of the operating system: the first of these names that is on the
 * path or in a folder for daemons. Returns the last name if there is none, so that the start
 * reports the missing program.
 */
export function findProgram(...names: readonly [string, ...string[]]): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return files.find(isExecutable) ?? names[names.length - 1] ?? names[0]
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Outside `npm test` the packages were not checked, and the tests assume that all are installed.
 */
function readMissingPackages(): Record<string, string> {
  return JSON.parse(process.env['KEYPORTER_TEST_MISSING_PACKAGES'] ?? '{}')
}
