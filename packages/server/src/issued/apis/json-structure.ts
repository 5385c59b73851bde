/** The reason for rejecting a JSON text, and its offset in UTF-16 code units. */
export type JsonFault = {
  readonly kind: 'syntax' | 'duplicate_name' | 'too_deep' | 'too_many_values'
  readonly offset: number
}

/** The limits of a JSON text. */
export type JsonLimits = {
  /** The maximum nesting of arrays and objects. */
  readonly depthMax: number
  /** The maximum number of values of all types, not counting member names. */
  readonly valuesMax: number
}

/** An open array, or an open object with the names seen so far. */
type Frame = { readonly close: string; readonly names: Set<string> | undefined }

type Scan = {
  readonly text: string
  readonly limits: JsonLimits
  readonly frames: Frame[]
  valuesLeft: number
  offset: number
}

/** The next expected element. A fault ends the scan. */
type Step = 'value' | 'after_value' | JsonFault

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const LITERAL = /true|false|null/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y

/**
 * Returns the first fault of a JSON text; undefined when it is safe for `JSON.parse`. The scan creates no objects, so
 * it checks the memory that they would need in advance: `JSON.parse` cannot be aborted, and a worker that runs out
 * of heap crashes the process. The scan also reports the position of every fault, and detects duplicate names, of
 * which `JSON.parse` keeps the last. It does not recurse.
 *
 * Only the grammar is checked. Unlike a request body, a document can contain any names, and numbers without an exact
 * double representation.
 *
 * @see RFC 8259 §2 to §9
 */
export function findJsonFault(text: string, limits: JsonLimits): JsonFault | undefined {
  const scan: Scan = { text, limits, frames: [], valuesLeft: limits.valuesMax, offset: 0 }
  let step = scanValue(scan)
  while (step === 'value' || (step === 'after_value' && scan.frames.length > 0)) {
    step = step === 'value' ? scanValue(scan) : scanAfterValue(scan)
  }
  if (typeof step === 'object') return step
  skipSpace(scan)
  return scan.offset === text.length ? undefined : fault(scan, 'syntax')
}

function scanValue(scan: Scan): Step {
  skipSpace(scan)
  scan.valuesLeft -= 1
  if (scan.valuesLeft < 0) return fault(scan, 'too_many_values')
  switch (scan.text.charAt(scan.offset)) {
    case '{':
      return open(scan, { close: '}', names: new Set() })
    case '[':
      return open(scan, { close: ']', names: undefined })
    case '"':
      return skipString(scan) ?? 'after_value'
    default:
      return skipMatch(scan, NUMBER) || skipMatch(scan, LITERAL)
        ? 'after_value'
        : fault(scan, 'syntax')
  }
}

function open(scan: Scan, frame: Frame): Step {
  if (scan.frames.length >= scan.limits.depthMax) return fault(scan, 'too_deep')
  scan.offset += 1
  skipSpace(scan)
  if (skip(scan, frame.close)) return 'after_value'
  scan.frames.push(frame)
  return frame.names === undefined ? 'value' : scanName(scan, frame.names)
}

function scanAfterValue(scan: Scan): Step {
  const frame = scan.frames.at(-1)
  skipSpace(scan)
  if (frame === undefined) return 'after_value'
  if (skip(scan, ',')) return frame.names === undefined ? 'value' : scanName(scan, frame.names)
  if (!skip(scan, frame.close)) return fault(scan, 'syntax')
  scan.frames.pop()
  return 'after_value'
}

function scanName(scan: Scan, names: Set<string>): Step {
  skipSpace(scan)
  const start = scan.offset
  const broken = scan.text.charAt(start) === '"' ? skipString(scan) : fault(scan, 'syntax')
  if (broken !== undefined) return broken
  const name = readName(scan.text.slice(start, scan.offset))
  if (names.has(name)) return { kind: 'duplicate_name', offset: start }
  names.add(name)
  skipSpace(scan)
  return skip(scan, ':') ? 'value' : fault(scan, 'syntax')
}

/** Decodes a name: `"\u0061"` equals `"a"`. */
function readName(literal: string): string {
  return literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1)
}

/** Skips the string that starts at the offset. */
function skipString(scan: Scan): JsonFault | undefined {
  scan.offset += 1
  for (;;) {
    const unit = scan.text.charCodeAt(scan.offset)
    if (unit === 0x22) break
    // The unit is NaN at the end of the text.
    if (!(unit >= 0x20)) return fault(scan, 'syntax')
    if (unit !== 0x5c) scan.offset += 1
    else if (!skipMatch(scan, ESCAPE)) return fault(scan, 'syntax')
  }
  scan.offset += 1
  return undefined
}

function skipMatch(scan: Scan, pattern: RegExp): boolean {
  pattern.lastIndex = scan.offset
  if (!pattern.test(scan.text)) return false
  scan.offset = pattern.lastIndex
  return true
}

function skip(scan: Scan, character: string): boolean {
  if (scan.text.charAt(scan.offset) !== character) return false
  scan.offset += 1
  return true
}

function skipSpace(scan: Scan): void {
  for (;;) {
    const unit = scan.text.charCodeAt(scan.offset)
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return
    scan.offset += 1
  }
}

function fault(scan: Scan, kind: JsonFault['kind']): JsonFault {
  return { kind, offset: scan.offset }
}
