import { parseJsonDocument } from './json-document.ts'
import type { ParsedText } from './parsed-text.ts'
import { parseYamlDocument } from './yaml-document.ts'

const JSON_START = /^[ \t\r\n]*[[{]/

/**
 * The value of a document's text: JSON when it begins with `{` or `[`, else YAML. A byte order mark
 * before it does not count.
 */
export function parseDocumentText(text: string, memoryBytesMax: number): ParsedText {
  const document = text.startsWith('\uFEFF') ? text.slice(1) : text
  return JSON_START.test(document)
    ? parseJsonDocument(document, memoryBytesMax)
    : parseYamlDocument(document, memoryBytesMax)
}
