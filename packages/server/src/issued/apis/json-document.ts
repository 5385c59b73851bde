import { findJsonFault, type JsonFault } from './json-structure.ts'
import { BYTES_PER_VALUE, DEPTH_MAX, describePosition, type ParsedText } from './parsed-text.ts'

const messages: Readonly<Record<JsonFault['kind'], string>> = {
  syntax: 'Invalid JSON syntax',
  duplicate_name: 'Duplicate name in an object',
  too_deep: `More than ${DEPTH_MAX} nesting levels`,
  too_many_values: 'The document exceeds the memory limit of an import',
}

/**
 * Parses a JSON text within a memory limit. Names such as `__proto__` become ordinary own properties.
 *
 * @see RFC 8259
 */
export function parseJsonDocument(text: string, memoryBytesMax: number): ParsedText {
  const valuesMax = Math.floor(memoryBytesMax / BYTES_PER_VALUE)
  const fault = findJsonFault(text, { depthMax: DEPTH_MAX, valuesMax })
  if (fault === undefined) return { kind: 'value', value: JSON.parse(text) }
  const detail = `${messages[fault.kind]} (${describePosition(text, fault.offset)}).`
  return { kind: 'fault', fault: { code: `json_${fault.kind}`, detail } }
}
