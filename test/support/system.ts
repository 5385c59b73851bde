import type { TestContext } from 'vitest'

/**
 * Skips the test where a package of the operating system is missing. The names are those of
 * `scripts/system-packages.mjs`: `npm test` looks for the packages and installs them where it can.
 */
export function requireSystemPackage(ctx: TestContext, name: string): void {
  const reason = missingPackages()[name]
  ctx.skip(reason !== undefined, `${name} is not installed: ${reason}`)
}

/** Outside `npm test` nobody has looked; the tests then take it that everything is there. */
function missingPackages(): Record<string, string> {
  return JSON.parse(process.env['KEYPORTER_TEST_MISSING_PACKAGES'] ?? '{}')
}
