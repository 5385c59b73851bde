import { routes } from '@keyporter/contract'
import { decodeUtf8, mapOpenApi, type OpenApiProblem } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'
import { parseDocumentText } from './document-text.ts'
import type { ImportBody, ImportOutcome, ImportRequest, ImportTask } from './import-document.ts'
import { parseJsonDocument } from './json-document.ts'
import type { ParsedText, TextFault } from './parsed-text.ts'

type Refusal = Extract<ImportOutcome, { ok: false }>
type Issue = {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const schema = routes.apis.import.body
const NOT_UTF8: TextFault = { code: 'encoding_invalid', detail: 'The body is not UTF-8.' }

/**
 * The outcome of an import's body, all of the work done on the calling thread. Problems point into
 * the body; a document that came as text is pointed into as if it had come as an object.
 */
export function readImport({ bytes, memoryBytesMax }: ImportTask): ImportOutcome {
  const body = readBody(bytes, memoryBytesMax)
  if ('ok' in body) return body
  const { openapi, apply = false, ...rest } = body
  const document = readDocument(openapi, memoryBytesMax)
  return document.kind === 'fault'
    ? refuse('/openapi', document.fault)
    : mapDocument(document.value, { ...rest, apply })
}

function readBody(bytes: Uint8Array, memoryBytesMax: number): ImportBody | Refusal {
  const text = decodeUtf8(bytes)
  if (text === undefined) return refuse('', NOT_UTF8)
  const parsed = parseJsonDocument(text, memoryBytesMax)
  if (parsed.kind === 'fault') return refuse('', parsed.fault)
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

/** Pointers name fields of the contract alone, and none of the caller's. */
function fromIssue({ code, path, message }: Issue): FieldProblem {
  const pointer = path.map((step) => `/${String(step)}`).join('')
  if (code === 'unrecognized_keys') {
    return { pointer, code: 'unknown_field', detail: 'A field that this route does not know.' }
  }
  return pointer === '/openapi'
    ? {
        pointer,
        code: 'invalid',
        detail: 'The document as an object, or its text in JSON or YAML.',
      }
    : { pointer, code, detail: message }
}

function refuse(pointer: string, { code, detail }: TextFault): Refusal {
  return { ok: false, problems: [{ pointer, code, detail }] }
}
