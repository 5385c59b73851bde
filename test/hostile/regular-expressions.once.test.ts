import { Script } from 'node:vm'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, it } from 'vitest'
import { cpuMilliseconds } from '../support/cpu-time.ts'
import { listFiles, readText } from '../support/sources.ts'

// H08: no regular expression takes more than a time that is proportional to its text. Node's engine tries
// everything again from every place, so that some need the square of it, or its exponent.

const LENGTH = 4_000
/** At least a tick of the clock of processor time, of up to 4 ms: those of the square take several, proportional ones a tenth. */
const SUSPICIOUS_CPU_MS = 1
/** A text of three times the length takes a proportional one three times as long, one of the square nine times. */
const LONGER = 3
const GROWTH_MAX = 5
const GIVEN_UP_AFTER_MS = 500

/** Slow ones that nobody can make slow: by file and pattern, with the reason. */
const short: Readonly<Record<string, string>> = {
  'packages/sdk/src/options.ts /\\/+$/': 'the base URL that the program itself is set up with',
  'packages/cli/src/commands/openapi.ts /\\/+$/': 'the base URL that the user types',
  'packages/server/src/kernel/slug.ts /^[^a-z]+|-+$/g':
    'runs of other characters were made one hyphen before',
  'packages/server/src/kernel/slug.ts /-+$/': 'a slug that was cut to 64 characters before',
  'packages/server/src/identity/sign-in/passwords.ts /=+$/':
    'the padding of a digest that we computed',
  "packages/server/src/issued/apis/yaml-document.ts /[^a-z0-9)']+$/i":
    'the message of the parser, in a thread that is ended when it takes too long',
  'packages/protocol/src/permission-map/operation-permissions.ts /^v?\\d[\\d._-]*(?:alpha|beta|rc)?\\d*$/i':
    'a segment of a path, in a thread that is ended when it takes too long',
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

/** Characters that a pattern speaks of, or that stand for those it speaks of. */
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

/** What must stand before the part that repeats. */
function prefixesOf(pattern: string): string[] {
  const [, literal = ''] = /^\^?((?:\\[^\w]|[\w$=<>/ ,-])*)/.exec(pattern) ?? []
  return [...new Set(['', 'a', literal.replaceAll('\\', '')])]
}

/** Texts that make an engine that tries everything try much: a run, and an end that fits nothing. */
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

/** Whether work ended in time. To guard it starts a thread, which takes longer than most matches. */
function endsInTime(work: () => void): boolean {
  Object.assign(globalThis, { work })
  try {
    script.runInThisContext({ timeout: GIVEN_UP_AFTER_MS })
    return true
  } catch {
    return false
  }
}

type MakeText = (length: number) => string

/** The index of the first text, from the one at `start` on, that is worth a closer look; the number of texts without one. */
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

/**
 * The least processor time of three, because a machine that is busy with something else is not slow each time; infinity
 * when the match was given up.
 */
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

/** Judged by how the time grows, which is the same on every machine. */
function isSlowFor(literal: Literal, makeText: MakeText): boolean {
  const milliseconds = cpuMillisecondsFor(literal, makeText(LENGTH))
  if (milliseconds < SUSPICIOUS_CPU_MS) return false
  if (milliseconds === Number.POSITIVE_INFINITY) return true
  return cpuMillisecondsFor(literal, makeText(LONGER * LENGTH)) > GROWTH_MAX * milliseconds
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
  it('is found in every package that has some', () => {
    expect(literals.length).toBeGreaterThan(80)
  })

  it.each(literals.map((literal) => [literal.name, literal] as const))(
    '%s needs a time that is proportional to its text, or has a short one',
    (name, literal) => {
      expect(isSlow(literal)).toBe(short[name] !== undefined)
    },
  )

  it('that has only short texts is still there', () => {
    const names = new Set(literals.map(({ name }) => name))
    expect(Object.keys(short).filter((name) => !names.has(name))).toEqual([])
  })

  it('would be found if it were slow', () => {
    for (const pattern of ['^(a+)+$', '(x|xx)*y', 'a*a*b', '\\s+$', '^(\\w+\\.?)*$', '=+$'])
      expect([pattern, isSlow({ name: '', pattern, flags: '' })]).toEqual([pattern, true])
  })
})
