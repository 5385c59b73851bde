import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// The size of the console's JavaScript, Brotli-compressed as served to current browsers.

type Chunk = {
  readonly file: string
  readonly isEntry?: boolean
  readonly isDynamicEntry?: boolean
  readonly imports?: readonly string[]
}

const dist = new URL('../../packages/server/dist/console/', import.meta.url)
const manifest: Readonly<Record<string, Chunk>> = JSON.parse(
  readFileSync(new URL('.vite/manifest.json', dist), 'utf8'),
)

const FIRST_BYTES_MAX = 150_000
const FURTHER_BYTES_MAX = 60_000

/** Returns a chunk and its static imports. */
function closure(name: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const imported of manifest[name]?.imports ?? []) closure(imported, seen)
  return seen
}

function bytesOf(names: Iterable<string>): number {
  return [...names]
    .map((name) => manifest[name]?.file ?? '')
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + statSync(new URL(`${file}.br`, dist)).size, 0)
}

const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry === true) ?? ''
const first = closure(entry)

describe('the JavaScript of the console', () => {
  it(`for the first page is at most ${FIRST_BYTES_MAX} bytes`, () => {
    expect(bytesOf(first)).toBeGreaterThan(50_000)
    expect(bytesOf(first)).toBeLessThanOrEqual(FIRST_BYTES_MAX)
  })

  it(`for each further page is at most ${FURTHER_BYTES_MAX} bytes`, () => {
    const further = Object.keys(manifest)
      .filter((name) => manifest[name]?.isDynamicEntry === true)
      .map(
        (name) => [name, bytesOf([...closure(name)].filter((part) => !first.has(part)))] as const,
      )
    expect(further.length).toBeGreaterThan(10)
    expect(further.filter(([, bytes]) => bytes > FURTHER_BYTES_MAX)).toEqual([])
  })
})
