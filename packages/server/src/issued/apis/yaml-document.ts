import {
  CORE_SCHEMA,
  constructFromEvents,
  EVENT_ID,
  type Event,
  parseEvents,
  YAMLException,
} from 'js-yaml'
import { BYTES_PER_VALUE, DEPTH_MAX, describePosition, type ParsedText } from './parsed-text.ts'
import { findYamlFault } from './yaml-structure.ts'

// The parser's memory for one node, measured; a collection counts as two. Each separator counts as the maximum
// number of nodes that it can introduce.
const BYTES_PER_NODE = 170
const NODES_OF_SEPARATOR = 2

/**
 * Parses a YAML 1.2 text within a memory limit: a single document, core schema, no other tags, no duplicate names, at
 * most 256 levels. Aliases are allowed if the expanded document is within the limit too. Merge keys (`<<`) are
 * rejected: they are not part of YAML 1.2, and ignoring them would lose content.
 *
 * @see YAML 1.2.2 §10.3
 */
export function parseYamlDocument(text: string, memoryBytesMax: number): ParsedText {
  if (estimateBytes(text) > memoryBytesMax) {
    return reject('yaml_too_many_values', 'The document exceeds the memory limit of an import.')
  }
  try {
    return readEvents(text, parseEvents(text, { maxDepth: DEPTH_MAX }), memoryBytesMax)
  } catch (error) {
    return describe(error)
  }
}

/**
 * Estimates the memory for parsing from the characters that separate nodes. Parsing cannot be aborted, and a worker
 * that runs out of heap can crash the process.
 */
function estimateBytes(text: string): number {
  let nodes = 1
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x0a: // a line
      case 0x0d:
        nodes += 1
        break
      case 0x2c: // , : [ {
      case 0x3a:
      case 0x5b:
      case 0x7b:
        nodes += NODES_OF_SEPARATOR
        break
      case 0x2d: // - ? before white space
      case 0x3f:
        if (isSpace(text.charCodeAt(index + 1))) nodes += NODES_OF_SEPARATOR
        break
    }
  }
  return nodes * BYTES_PER_NODE
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d
}

function readEvents(text: string, events: Event[], memoryBytesMax: number): ParsedText {
  const nodesMax = Math.floor(memoryBytesMax / BYTES_PER_VALUE)
  const fault = findYamlFault(text, events, nodesMax)
  if (fault !== undefined) {
    return reject(fault.code, `${fault.message} (${describePosition(text, fault.offset)}).`)
  }
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT)
  if (documents.length !== 1) {
    return reject('yaml_not_one_document', 'The text must contain exactly one YAML document.')
  }
  const [value] = constructFromEvents(events, { source: text, schema: CORE_SCHEMA })
  return { kind: 'value', value }
}

function describe(error: unknown): ParsedText {
  if (!(error instanceof YAMLException)) return reject('yaml_syntax', 'Invalid YAML.')
  const { reason, mark } = error
  const position = mark === undefined ? '' : ` (line ${mark.line + 1}, column ${mark.column + 1})`
  return reject(codeOf(reason), `Invalid YAML: ${withoutContent(reason)}${position}.`)
}

function codeOf(reason: string): string {
  if (reason.startsWith('nesting exceeded')) return 'yaml_too_deep'
  return reason === 'duplicated mapping key' ? 'yaml_duplicate_name' : 'yaml_syntax'
}

/** Removes names and tags of the document from the parser's message. They are always at its end. */
function withoutContent(reason: string): string {
  return reason.split(/["<]|: |!</, 1)[0]?.replace(/[^a-z0-9)']+$/i, '') ?? ''
}

function reject(code: string, detail: string): ParsedText {
  return { kind: 'fault', fault: { code, detail } }
}
