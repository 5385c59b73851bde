import { routes } from '@keyporter/contract'
import { decodeUtf8, mapOpenApi, type OpenApiProblem } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'

import type { ImportBody, ImportOutcome, ImportRequest, ImportTask } from './import-document.ts'
import { parseJsonDocument } from './json-document.ts'
import type { ParsedText, TextFault } from './parsed-text.ts'
import { parseYamlDocument } from './yaml-document.ts'

type Rejection = Extract<ImportOutcome, { ok: false }>
type Issue = {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const schema = routes.apis.import.body
const JSON_START = /^[ \t\r\n]*[[{]/
const NOT_UTF8: TextFault = {
  code: 'encoding_invalid',
  detail: 'The body is not valid UTF-8. Send it as UTF-8.',
}

/**
 * Reads the body of an import on the calling thread. Problems point into the body. Pointers into a document that was
 * sent as text are the same as if it was sent as an object.
 */
export function readImport({ bytes, memoryBytesMax }: ImportTask): ImportOutcome {
  const body = readBody(bytes, memoryBytesMax)
  if ('ok' in body) return body
  const { openapi, apply = false, ...rest } = body
  const document = readDocument(openapi, memoryBytesMax)
  return document.kind === 'fault'
    ? reject('/openapi', document.fault)
    : mapDocument(document.value, { ...rest, apply })
}

function readBody(bytes: Uint8Array, memoryBytesMax: number): ImportBody | Rejection {
  const text = decodeUtf8(bytes)
  if (text === undefined) return reject('', NOT_UTF8)
  const parsed = parseJsonDocument(text, memoryBytesMax)
  if (parsed.kind === 'fault') return reject('', parsed.fault)
  const checked = schema.safeParse(parsed.value)
  return checked.success
    ? checked.data
    : { ok: false, problems: checked.error.issues.map(fromIssue) }
}

function readDocument(openapi: ImportBody['openapi'], memoryBytesMax: number): ParsedText {
  return typeof openapi === 'string'
    ? parseDocumentText(openapi, memoryBytesMax)
    : { kind: 'value', value: openapi }
}

/** Parses a document as JSON if it starts with `{` or `[`, else as YAML. A byte order mark is ignored. */
function parseDocumentText(text: string, memoryBytesMax: number): ParsedText {
  const document = text.startsWith('\uFEFF') ? text.slice(1) : text
  return JSON_START.test(document)
    ? parseJsonDocument(document, memoryBytesMax)
    : parseYamlDocument(document, memoryBytesMax)
}

function mapDocument(document: unknown, request: ImportRequest): ImportOutcome {
  const mapped = mapOpenApi(document, request)
  if (!mapped.ok) return { ok: false, problems: mapped.problems.map(fromProblem) }
  const { map, title, servers } = mapped
  return { ok: true, request, map, servers, ...(title === undefined ? {} : { title }) }
}

function fromProblem({ pointer, code, detail }: OpenApiProblem): FieldProblem {
  const field = code === 'pattern_invalid' ? '/permissionPattern' : '/openapi'
  return { pointer: `${field}${pointer}`, code, detail }
}

/** Pointers name only fields of the contract, never names sent by the caller. */
function fromIssue({ code, path, message }: Issue): FieldProblem {
  const pointer = path.map((step) => `/${String(step)}`).join('')
  if (code === 'unrecognized_keys') {
    return { pointer, code: 'unknown_field', detail: 'Unknown field.' }
  }
  return pointer === '/openapi'
    ? {
        pointer,
        code: 'invalid',
        detail: 'Must be the document as an object, or as JSON or YAML text.',
      }
    : { pointer, code, detail: message }
}

function reject(pointer: string, { code, detail }: TextFault): Rejection {
  return { ok: false, problems: [{ pointer, code, detail }] }
}
