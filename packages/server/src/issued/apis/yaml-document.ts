import {
  CORE_SCHEMA,
  constructFromEvents,
  EVENT_ID,
  type Event,
  parseEvents,
  YAMLException,
} from 'js-yaml'
import { BYTES_PER_VALUE, DEPTH_MAX, type ParsedText } from './parsed-text.ts'
import { describePosition } from './text-position.ts'
import { findYamlFault } from './yaml-structure.ts'

// What the parser needs for one node, a collection being two; measured. Each kind of character that
// brings nodes along counts for as many as it can bring at most.
const BYTES_PER_NODE = 170
const NODES_OF_SEPARATOR = 2

/**
 * The value of a YAML 1.2 text that fits into the memory: one document, core schema, no other tags,
 * no name twice, at most 256 levels. Aliases may be used as long as the document that they stand
 * for would fit as well; merge keys (`<<`) are no part of YAML 1.2 and refused, since to pass over
 * them would lose what they bring in.
 *
 * @see YAML 1.2.2 §10.3
 */
export function parseYamlDocument(text: string, memoryBytesMax: number): ParsedText {
  if (estimateBytes(text) > memoryBytesMax) {
    return refuse('yaml_too_many_values', 'There are more values than an import has memory for.')
  }
  try {
    return readEvents(text, parseEvents(text, { maxDepth: DEPTH_MAX }), memoryBytesMax)
  } catch (error) {
    return describe(error)
  }
}

/**
 * Parsing cannot be stopped when memory runs out: a worker whose heap is overfilled may take the
 * process along. So what it may need is reckoned beforehand, by the characters that separate nodes.
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
    return refuse(fault.code, `${fault.message} (${describePosition(text, fault.offset)}).`)
  }
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT)
  if (documents.length !== 1) {
    return refuse(
      'yaml_not_one_document',
      'The text is not one YAML document, but none or several.',
    )
  }
  const [value] = constructFromEvents(events, { source: text, schema: CORE_SCHEMA })
  return { kind: 'value', value }
}

function describe(error: unknown): ParsedText {
  if (!(error instanceof YAMLException)) return refuse('yaml_syntax', 'The YAML cannot be read.')
  const { reason, mark } = error
  const place = mark === undefined ? '' : ` (line ${mark.line + 1}, column ${mark.column + 1})`
  return refuse(codeOf(reason), `The YAML cannot be read: ${withoutContent(reason)}${place}.`)
}

function codeOf(reason: string): string {
  if (reason.startsWith('nesting exceeded')) return 'yaml_too_deep'
  return reason === 'duplicated mapping key' ? 'yaml_duplicate_name' : 'yaml_syntax'
}

/** Some reasons end in a name or tag of the document; what comes before it is the parser's own. */
function withoutContent(reason: string): string {
  return reason.split(/["<]|: |!</, 1)[0]?.replace(/[^a-z0-9)']+$/i, '') ?? ''
}

function refuse(code: string, detail: string): ParsedText {
  return { kind: 'fault', fault: { code, detail } }
}
