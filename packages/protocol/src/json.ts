/** A strict parser for untrusted JSON: RFC 8259, without input that parsers interpret differently. */

/** The reason for rejecting a text, and its offset in UTF-16 code units. */
export type JsonFault = {
  readonly kind:
    | 'syntax'
    | 'duplicate_key'
    | 'forbidden_key'
    | 'too_deep'
    | 'too_many_keys'
    | 'number_range'
    | 'lone_surrogate'
  readonly offset: number
}

/** Limits for the whole text. */
export type JsonLimits = {
  /** Maximum nesting of arrays and objects. Default: 32. */
  readonly depthMax?: number
  /** Maximum number of members in all objects together. Default: 1,000. */
  readonly keysMax?: number
}

/** The parsed value, or the first fault. */
export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: JsonFault }

/** An open array or object. `key` is the name of the current member. */
type Frame =
  | { readonly kind: 'array'; readonly container: unknown[] }
  | { readonly kind: 'object'; readonly container: Record<string, unknown>; key: string }

/** The state of the parser. `frames` are the open containers, innermost last. */
type Scan = {
  readonly text: string
  readonly depthMax: number
  readonly frames: Frame[]
  keysLeft: number
  offset: number
  fault: JsonFault | undefined
}

/** Returned instead of a value after `[`, after a comma, or after a name: read the next value. */
const VALUE_FOLLOWS = Symbol('value follows')

const DEPTH_MAX = 32
const KEYS_MAX = 1_000

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const HEX4 = /^[0-9A-Fa-f]{4}$/
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
const LITERALS: ReadonlyMap<string, readonly [string, boolean | null]> = new Map([
  ['t', ['true', true]],
  ['f', ['false', false]],
  ['n', ['null', null]],
])

/**
 * Parses JSON. Also rejects ambiguous or dangerous input that the grammar allows: duplicate keys, the
 * keys `__proto__`, `constructor` and `prototype`, a byte order mark, lone surrogates, and numbers that
 * a double cannot represent (integers beyond 2^53 - 1, 1e400, 1e-400). Does not recurse.
 *
 * @see RFC 8259 §2 to §9, RFC 7493 §2.1 to §2.3
 * @example parseStrictJson('{"a":1,"a":2}') // { ok: false, fault: { kind: 'duplicate_key', … } }
 */
export function parseStrictJson(text: string, limits: JsonLimits = {}): JsonResult {
  const scan: Scan = {
    text,
    depthMax: limits.depthMax ?? DEPTH_MAX,
    frames: [],
    keysLeft: limits.keysMax ?? KEYS_MAX,
    offset: 0,
    fault: undefined,
  }
  const value = readDocument(scan)
  return scan.fault === undefined ? { ok: true, value } : { ok: false, fault: scan.fault }
}

/**
 * Whether the value is a JSON object, not null or an array.
 *
 * @see RFC 8259 §4
 */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads the values in order and adds each one to the innermost open container. */
function readDocument(scan: Scan): unknown {
  let value = readValue(scan)
  while (value !== undefined) {
    if (value === VALUE_FOLLOWS) {
      value = readValue(scan)
      continue
    }
    const frame = scan.frames.at(-1)
    if (frame === undefined) return readEnd(scan, value)
    addToContainer(frame, value)
    value = readAfterValue(scan, frame)
  }
  return undefined
}

function readEnd(scan: Scan, value: unknown): unknown {
  skipSpace(scan)
  return scan.offset === scan.text.length ? value : fail(scan, 'syntax')
}

function addToContainer(frame: Frame, value: unknown): void {
  if (frame.kind === 'array') frame.container.push(value)
  else frame.container[frame.key] = value
}

/** Reads the comma before the next member or element, or the end of the container. */
function readAfterValue(scan: Scan, frame: Frame): unknown {
  skipSpace(scan)
  if (consume(scan, ',')) {
    if (frame.kind === 'array') return VALUE_FOLLOWS
    skipSpace(scan)
    return readKey(scan, frame) ? VALUE_FOLLOWS : undefined
  }
  if (!consume(scan, frame.kind === 'array' ? ']' : '}')) return fail(scan, 'syntax')
  scan.frames.pop()
  return frame.container
}

function readValue(scan: Scan): unknown {
  skipSpace(scan)
  const first = scan.text.charAt(scan.offset)
  if (first === '"') return readString(scan)
  if (first === '{') return openObject(scan)
  if (first === '[') return openArray(scan)
  const literal = LITERALS.get(first)
  return literal === undefined ? readNumber(scan) : readLiteral(scan, literal)
}

function openArray(scan: Scan): unknown {
  if (scan.frames.length >= scan.depthMax) return fail(scan, 'too_deep')
  scan.offset += 1
  skipSpace(scan)
  if (consume(scan, ']')) return []
  scan.frames.push({ kind: 'array', container: [] })
  return VALUE_FOLLOWS
}

function openObject(scan: Scan): unknown {
  if (scan.frames.length >= scan.depthMax) return fail(scan, 'too_deep')
  scan.offset += 1
  skipSpace(scan)
  if (consume(scan, '}')) return {}
  const frame: Frame = { kind: 'object', container: {}, key: '' }
  scan.frames.push(frame)
  return readKey(scan, frame) ? VALUE_FOLLOWS : undefined
}

function readKey(scan: Scan, frame: Frame & { kind: 'object' }): boolean {
  const start = scan.offset
  const key = scan.text.charAt(start) === '"' ? readString(scan) : fail(scan, 'syntax')
  if (key === undefined) return false
  const kind = keyFault(scan, frame, key)
  if (kind !== undefined) {
    scan.fault = { kind, offset: start }
    return false
  }
  scan.keysLeft -= 1
  frame.key = key
  skipSpace(scan)
  if (consume(scan, ':')) return true
  fail(scan, 'syntax')
  return false
}

function keyFault(
  scan: Scan,
  frame: Frame & { kind: 'object' },
  key: string,
): JsonFault['kind'] | undefined {
  if (FORBIDDEN_KEYS.has(key)) return 'forbidden_key'
  if (Object.hasOwn(frame.container, key)) return 'duplicate_key'
  return scan.keysLeft > 0 ? undefined : 'too_many_keys'
}

function readLiteral(scan: Scan, literal: readonly [string, boolean | null]): unknown {
  const [spelling, value] = literal
  if (!scan.text.startsWith(spelling, scan.offset)) return fail(scan, 'syntax')
  scan.offset += spelling.length
  return value
}

function readNumber(scan: Scan): number | undefined {
  NUMBER.lastIndex = scan.offset
  if (!NUMBER.test(scan.text)) return fail(scan, 'syntax')
  const spelling = scan.text.slice(scan.offset, NUMBER.lastIndex)
  const value = Number(spelling)
  if (!isRepresentable(spelling, value)) return fail(scan, 'number_range')
  scan.offset += spelling.length
  return value
}

/**
 * RFC 8259 §6: all parsers agree on integers within ±(2^53 - 1). A number with an exponent must only be
 * within the range of a double: not infinite, and not rounded to zero.
 */
function isRepresentable(spelling: string, value: number): boolean {
  if (Number.isSafeInteger(value) && value !== 0) return true
  if (!Number.isFinite(value)) return false
  if (value === 0) return !/[1-9]/.test(mantissa(spelling))
  return /[eE]/.test(spelling) || Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

function mantissa(spelling: string): string {
  return spelling.slice(0, spelling.search(/[eE]|$/))
}

/** Reads and unescapes the string at the offset. */
function readString(scan: Scan): string | undefined {
  const start = scan.offset
  scan.offset += 1
  let value = ''
  for (;;) {
    const end = endOfRun(scan.text, scan.offset)
    value += scan.text.slice(scan.offset, end)
    scan.offset = end
    if (consume(scan, '"')) break
    const unescaped = scan.text.charAt(end) === '\\' ? readEscape(scan) : fail(scan, 'syntax')
    if (unescaped === undefined) return undefined
    value += unescaped
  }
  if (value.isWellFormed()) return value
  scan.fault = { kind: 'lone_surrogate', offset: start }
  return undefined
}

/** Returns the offset of the next quote, backslash or control character. */
function endOfRun(text: string, start: number): number {
  let end = start
  for (; end < text.length; end += 1) {
    const unit = text.charCodeAt(end)
    if (unit === 0x22 || unit === 0x5c || unit < 0x20) break
  }
  return end
}

function readEscape(scan: Scan): string | undefined {
  const letter = scan.text.charAt(scan.offset + 1)
  const simple = ESCAPES.get(letter)
  if (simple !== undefined) {
    scan.offset += 2
    return simple
  }
  const hex = scan.text.slice(scan.offset + 2, scan.offset + 6)
  if (letter !== 'u' || !HEX4.test(hex)) return fail(scan, 'syntax')
  scan.offset += 6
  return String.fromCharCode(Number.parseInt(hex, 16))
}

function skipSpace(scan: Scan): void {
  for (;;) {
    const unit = scan.text.charCodeAt(scan.offset)
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return
    scan.offset += 1
  }
}

function consume(scan: Scan, character: string): boolean {
  if (scan.text.charAt(scan.offset) !== character) return false
  scan.offset += 1
  return true
}

function fail(scan: Scan, kind: JsonFault['kind']): undefined {
  scan.fault = { kind, offset: scan.offset }
  return undefined
}
