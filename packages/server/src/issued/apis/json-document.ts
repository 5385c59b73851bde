import { findJsonFault, type JsonFault } from './json-structure.ts'
import { BYTES_PER_VALUE, DEPTH_MAX, type ParsedText } from './parsed-text.ts'
import { describePosition } from './text-position.ts'

const messages: Readonly<Record<JsonFault['kind'], string>> = {
  syntax: 'This is not JSON',
  duplicate_name: 'An object has two members of one name',
  too_deep: `There are more than ${DEPTH_MAX} levels of arrays and objects`,
  too_many_values: 'There are more values than an import has memory for',
}

/**
 * The value of a JSON text that fits into the memory. Names like `__proto__` are names like others:
 * they become own members.
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
