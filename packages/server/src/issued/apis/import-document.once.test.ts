import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { requireVectors } from '../../../../../test/support/vectors.ts'
import { IMPORT_BYTES_MAX, type ImportOutcome, importDocument } from './import-document.ts'

const PATTERN = 'Required API Permissions: *'
const SMALL = JSON.stringify({ openapi: largeYaml(1) })

describe('an import', () => {
  test("reads Sedna's document: 17 resources, 38 permissions, 162 operations", async (ctx) => {
    const openapi = readFileSync(requireVectors(ctx, 'openapi', 'sedna.json'), 'utf8')
    const body = { openapi, permissionPattern: PATTERN, name: 'Sedna', apply: true }
    const outcome = requireOk(await importDocument(toBytes(JSON.stringify(body))))
    const { map, request, title, servers } = outcome
    expect([map.resources.length, map.permissions.length, map.operations.length]).toEqual([
      17, 38, 162,
    ])
    expect(map.unmapped).toEqual([{ method: 'POST', path: '/oauth/token' }])
    expect(request).toEqual({ permissionPattern: PATTERN, name: 'Sedna', apply: true })
    expect([title, servers.length]).toEqual(['Sedna API', 1])
  })

  test('does not modify the bytes or the buffer around them', async () => {
    const bytes = toBytes(SMALL)
    const part = Buffer.concat([Buffer.alloc(1_000), bytes]).subarray(1_000)
    expect(requireOk(await importDocument(part)).map.operations).toHaveLength(1)
    expect(part.equals(bytes)).toBe(true)
  })

  test('gives concurrent callers the outcome of their own documents', async () => {
    const bodies = [1, 2, 3].map((count) => JSON.stringify({ openapi: largeYaml(count) }))
    const outcomes = await Promise.all(bodies.map((body) => importDocument(toBytes(body))))
    expect(outcomes.map((outcome) => requireOk(outcome).map.operations.length)).toEqual([1, 2, 3])
  })

  test('that exceeds the time limit is terminated, and the next one runs', async () => {
    const late = importDocument(toBytes(SMALL), { timeoutMs: 1 })
    const next = importDocument(toBytes(SMALL))
    expect(codesOf(await late)).toEqual(['import_timeout'])
    expect(codesOf(await next)).toEqual([])
  })

  test('larger than the size or memory limit is rejected immediately', async () => {
    const tooLong = new Uint8Array(IMPORT_BYTES_MAX + 1)
    expect(codesOf(await importDocument(tooLong))).toEqual(['import_too_large'])
    const tooMuch = new Uint8Array(11 * 1024 * 1024)
    const options = { memoryMegabytesMax: 64 }
    expect(codesOf(await importDocument(tooMuch, options))).toEqual(['import_too_large'])
  })

  test('of a document whose values exceed the memory limit is rejected', async () => {
    const openapi = `[${'{},'.repeat(400_000)}0]`
    const outcome = await importDocument(toBytes(JSON.stringify({ openapi })), {
      memoryMegabytesMax: 64,
    })
    expect(codesOf(outcome)).toEqual(['json_too_many_values'])
  })
})

describe('a document of 15 MB', () => {
  const yaml = largeYaml(12_700)

  test.each([
    ['YAML', () => JSON.stringify({ openapi: yaml, permissionPattern: PATTERN })],
    ['JSON', () => `{"openapi":${largeJson()},"permissionPattern":"${PATTERN}"}`],
  ])(
    'in %s is imported in less than 10 s while the main thread serves other requests',
    async (_, make) => {
      const body = toBytes(make())
      expect(body.length).toBeGreaterThan(15_000_000)
      const stalls = watchStalls()
      const before = process.cpuUsage()
      const startedAt = performance.now()
      const outcome = requireOk(await importDocument(body))
      const wallMs = performance.now() - startedAt
      const { user, system } = process.cpuUsage(before)
      const stallMs = stalls.stop()

      expect(outcome.map.operations).toHaveLength(12_700)
      expect(outcome.map.unmapped).toEqual([])
      // CPU time instead of wall time, so that a busy machine does not affect the result.
      const cpuMs = (user + system) / 1_000
      process.stdout.write(
        `${(body.length / 1e6).toFixed(1)} MB: ${wallMs.toFixed()} ms by the clock, ` +
          `${cpuMs.toFixed()} ms of all processors, longest stall ${stallMs.toFixed(1)} ms\n`,
      )
      expect(cpuMs).toBeLessThan(10_000)
      expect(stallMs).toBeLessThan(250)
    },
  )
})

/** Returns the longest blocking of this thread's event loop, in its CPU time. */
function watchStalls(): { readonly stop: () => number } {
  let longestMs = 0
  let before = process.threadCpuUsage()
  const look = () => {
    const { user, system } = process.threadCpuUsage(before)
    longestMs = Math.max(longestMs, (user + system) / 1_000)
    before = process.threadCpuUsage()
  }
  const timer = setInterval(look, 5)
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return longestMs
    },
  }
}

function largeYaml(count: number): string {
  const operations = Array.from({ length: count }, (_, number) => operationYaml(number))
  return `openapi: 3.0.3\ninfo: {title: Large, version: "1"}\npaths:\n${operations.join('')}`
}

function operationYaml(number: number): string {
  return `  /v1/things-${number}/{id}:
    get:
      tags: [Thing ${number % 50}]
      operationId: readThing${number}
      description: |
        Reads one thing, with everything that belongs to it, and more than that: the
        things that it is made of, those that it is part of, and who changed it last.

        Required API Permissions: THING${number % 50}_READ, OTHER_READ
      parameters:
        - name: id
          in: path
          required: true
          description: Which one; as the list of things gives it.
          schema: {type: string, maxLength: 64}
        - name: expand
          in: query
          schema: {type: array, items: {type: string, enum: [parts, owner, history]}}
      responses:
        '200':
          description: The thing
          content:
            application/json:
              schema:
                type: object
                properties:
                  id: {type: string}
                  name: {type: string, example: "a \\"thing\\""}
                  count: {type: integer, minimum: 0, maximum: 9223372036854775807}
                  parent: {$ref: '#/components/schemas/Thing'}
        '404':
          description: There is no such thing
`
}

function largeJson(): string {
  const schema = {
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [
        `field${index}`,
        { type: 'string', maxLength: 64 },
      ]),
    ),
  }
  const paths = Array.from({ length: 12_700 }, (_, number) => {
    const description = `Reads.\nRequired API Permissions: THING${number % 50}_READ`
    const responses = { 200: { description: 'The thing', content: { any: { schema } } } }
    return [`/v1/things-${number}/{id}`, { get: { description, responses } }]
  })
  return JSON.stringify({ openapi: '3.1.0', paths: Object.fromEntries(paths) }, undefined, 1)
}

function toBytes(text: string): Uint8Array {
  return Buffer.from(text)
}

function requireOk(outcome: ImportOutcome) {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome
}

function codesOf(outcome: ImportOutcome): readonly string[] {
  return outcome.ok ? [] : outcome.problems.map(({ code }) => code)
}
