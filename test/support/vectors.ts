import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'vitest'

/** Third-party test data lies beside the repository, never in it. */
const ROOT = join(import.meta.dirname, '../../../shared/vectors')

/** The path of a file or folder of third-party test data, or `undefined` where it is absent. */
export function vectorPath(...parts: string[]): string | undefined {
  const path = join(ROOT, ...parts)
  return existsSync(path) ? path : undefined
}

/** The same path; skips the test, and says why, where the data is absent. */
export function requireVectors(ctx: TestContext, ...parts: string[]): string {
  const path = vectorPath(...parts)
  return path ?? ctx.skip(`third-party data is absent: ../shared/vectors/${parts.join('/')}`)
}

/** A JSON file of third-party test data, taken at its word; skips the test where it is absent. */
export function readVectors<T>(ctx: TestContext, ...parts: string[]): T {
  return JSON.parse(readFileSync(requireVectors(ctx, ...parts), 'utf8'))
}
