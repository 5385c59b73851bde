import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'vitest'

/**
 * Skips the test where a package of the operating system is missing. The names are those of
 * `scripts/system-packages.mjs`: `npm test` looks for the packages and installs them where it can.
 */
export function requireSystemPackage(ctx: TestContext, name: string): void {
  const reason = missingPackages()[name]
  ctx.skip(reason !== undefined, `${name} is not installed: ${reason}`)
}

/**
 * The file of a program of the operating system: the first of these names that is on the path or, as daemons are, in a
 * folder of the administrator's. Its last name where there is none: starting it then says what is missing.
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

/** Outside `npm test` nobody has looked; the tests then take it that everything is there. */
function missingPackages(): Record<string, string> {
  return JSON.parse(process.env['KEYPORTER_TEST_MISSING_PACKAGES'] ?? '{}')
}
