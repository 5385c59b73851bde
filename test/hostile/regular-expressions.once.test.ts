import { Script } from 'node:vm'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, it } from 'vitest'
import { cpuMilliseconds } from '../support/cpu-time.ts'
import { listFiles, readText } from '../support/sources.ts'

// Every regular expression runs in time linear in the length of its text. Node's engine backtracks, so some patterns
// need quadratic or exponential time.

const LENGTH = 4_000
/** The CPU clock ticks in steps of up to 4 ms: quadratic patterns take several ticks, linear ones a tenth of a tick. */
const SUSPICIOUS_CPU_MS = 1
/** For a text three times as long, linear patterns take three times as long, quadratic ones nine times. */
const LENGTH_FACTOR = 3
const GROWTH_MAX = 5
const TIMEOUT_MS = 500

/** Patterns with more than linear time whose text is bounded: by file and pattern, with the reason. */
const boundedPatterns: Readonly<Record<string, string>> = {
  'packages/cli/src/commands/openapi.ts /\\/+$/': 'the base URL that the user types',
  'packages/server/src/kernel/slug.ts /^[^a-z]+|-+$/g':
    'an earlier step replaces runs of other characters by one hyphen',
  'packages/server/src/kernel/slug.ts /-+$/': 'an earlier step cuts the slug to 64 characters',
  'packages/server/src/identity/sign-in/passwords.ts /=+$/': 'the padding of a computed digest',
  "packages/server/src/issued/apis/yaml-document.ts /[^a-z0-9)']+$/i":
    'the message of the parser, in a worker thread with a time limit',
  'packages/protocol/src/permission-map/operation-permissions.ts /^v?\\d[\\d._-]*(?:alpha|beta|rc)?\\d*$/i':
    'a segment of a path, in a worker thread with a time limit',
}

type Literal = { readonly name: string; readonly pattern: string; readonly flags: string }

const literals = listFiles('packages')
  .filter((path) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
  .flatMap((path) => literalsIn(path))

function literalsIn(path: string): Literal[] {
  const found = new Map<string, Literal>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('regex' in node && isRegex(node.regex)) {
      const { pattern, flags } = node.regex
      found.set(`${pattern} ${flags}`, { name: `${path} /${pattern}/${flags}`, pattern, flags })
    }
    for (const part of Object.values(node)) visit(part)
  }
  visit(parseAst(readText(path), { lang: path.endsWith('x') ? 'tsx' : 'ts' }))
  return [...found.values()]
}

function isRegex(value: unknown): value is { readonly pattern: string; readonly flags: string } {
  return typeof value === 'object' && value !== null && 'pattern' in value && 'flags' in value
}

/** Returns the characters that a pattern contains, and one example of each character class. */
function charactersOf(pattern: string): string[] {
  const classes: Readonly<Record<string, string>> = {
    d: '0',
    w: 'a',
    s: ' ',
    W: '!',
    D: 'a',
    S: 'a',
  }
  const escaped = [
    ...pattern.matchAll(/\\(?:x([0-9a-f]{2})|u([0-9A-Fa-f]{4})|p\{[^}]*\}|(.))/g),
  ].map(([, hex, unit, letter = '']) =>
    hex === undefined && unit === undefined
      ? (classes[letter] ?? letter)
      : String.fromCharCode(Number.parseInt(hex ?? unit ?? '0', 16)),
  )
  const plain = pattern.replaceAll(/\\./g, '').replaceAll(/[\^$.*+?()[\]{}|]/g, '')
  return [...new Set([...escaped, ...plain, 'a', '0', ' ', '\0'])]
    .filter((one) => one !== '')
    .slice(0, 12)
}

/** Returns possible texts before the repeated part. */
function prefixesOf(pattern: string): string[] {
  const [, literal = ''] = /^\^?((?:\\[^\w]|[\w$=<>/ ,-])*)/.exec(pattern) ?? []
  return [...new Set(['', 'a', literal.replaceAll('\\', '')])]
}

/** Yields texts that cause backtracking: a repeated unit, followed by an end that does not match. */
function* textsFor({ pattern }: Literal): Generator<MakeText> {
  const characters = charactersOf(pattern)
  const pairs = characters.slice(0, 4).flatMap((a) => characters.slice(0, 4).map((b) => a + b))
  const prefixes = prefixesOf(pattern)
  for (const unit of [...characters, ...pairs]) {
    const run = (length: number) => unit.repeat(Math.ceil(length / unit.length))
    for (const prefix of prefixes) {
      yield (length) => `${prefix}${run(length)}\u0001`
      yield (length) => `${prefix}${run(length)}V\u0001`
    }
  }
}

const script = new Script('work()')

/** Returns whether the work ended in time. The time limit starts a thread, which takes longer than most matches. */
function endsInTime(work: () => void): boolean {
  Object.assign(globalThis, { work })
  try {
    script.runInThisContext({ timeout: TIMEOUT_MS })
    return true
  } catch {
    return false
  }
}

type MakeText = (length: number) => string

/** Returns the index of the first suspicious text at or after `start`, or the number of texts. */
function findSuspicious(
  { pattern, flags }: Literal,
  texts: readonly MakeText[],
  start: number,
): number {
  const expression = new RegExp(pattern, flags)
  let index = start
  endsInTime(() => {
    for (; index < texts.length; index++) {
      const text = texts[index]?.(LENGTH) ?? ''
      expression.lastIndex = 0
      if (cpuMilliseconds(() => expression.exec(text)) >= SUSPICIOUS_CPU_MS) return
    }
  })
  return index
}

/** Returns the least CPU time of three runs, because other load distorts single runs; infinity after a timeout. */
function cpuMillisecondsFor({ pattern, flags }: Literal, text: string): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const expression = new RegExp(pattern, flags)
    const ended = endsInTime(() => {
      least = Math.min(
        least,
        cpuMilliseconds(() => expression.exec(text)),
      )
    })
    if (!ended) return Number.POSITIVE_INFINITY
    if (least < SUSPICIOUS_CPU_MS) return least
  }
  return least
}

/** Compares the growth of the CPU time, which does not depend on the machine. */
function isSlowFor(literal: Literal, makeText: MakeText): boolean {
  const milliseconds = cpuMillisecondsFor(literal, makeText(LENGTH))
  if (milliseconds < SUSPICIOUS_CPU_MS) return false
  if (milliseconds === Number.POSITIVE_INFINITY) return true
  return cpuMillisecondsFor(literal, makeText(LENGTH_FACTOR * LENGTH)) > GROWTH_MAX * milliseconds
}

function isSlow(literal: Literal): boolean {
  const texts = [...textsFor(literal)]
  let index = 0
  for (;;) {
    index = findSuspicious(literal, texts, index)
    const makeText = texts[index]
    if (makeText === undefined) return false
    if (isSlowFor(literal, makeText)) return true
    index += 1
  }
}

describe('a regular expression', () => {
  it('is found in the sources', () => {
    expect(literals.length).toBeGreaterThan(80)
  })

  it.each(literals.map((literal) => [literal.name, literal] as const))(
    '%s runs in linear time, or its text is bounded',
    (name, literal) => {
      expect(isSlow(literal)).toBe(boundedPatterns[name] !== undefined)
    },
  )

  it('in the list of bounded patterns exists', () => {
    const names = new Set(literals.map(({ name }) => name))
    expect(Object.keys(boundedPatterns).filter((name) => !names.has(name))).toEqual([])
  })

  it('with quadratic or exponential time is detected', () => {
    for (const pattern of ['^(a+)+$', '(x|xx)*y', 'a*a*b', '\\s+$', '^(\\w+\\.?)*$', '=+$'])
      expect([pattern, isSlow({ name: '', pattern, flags: '' })]).toEqual([pattern, true])
  })
})
