import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'vitest'

/** Third-party test data is stored outside the repository. */
const ROOT = join(import.meta.dirname, '../../../shared/vectors')

/**
 * Returns the path of a file or folder of third-party test data, or `undefined` if it is missing.
 */
export function vectorPath(...parts: string[]): string | undefined {
  const path = join(ROOT, ...parts)
  return existsSync(path) ? path : undefined
}

/** Returns the same path. Skips the test with the reason if the data is missing. */
export function requireVectors(ctx: TestContext, ...parts: string[]): string {
  const path = vectorPath(...parts)
  return path ?? ctx.skip(`third-party data is absent: ../shared/vectors/${parts.join('/')}`)
}

/**
 * Returns a JSON file of third-party test data without validating it. Skips the test if the file is
 * missing.
 */
export function readVectors<T>(ctx: TestContext, ...parts: string[]): T {
  return JSON.parse(readFileSync(requireVectors(ctx, ...parts), 'utf8'))
}
