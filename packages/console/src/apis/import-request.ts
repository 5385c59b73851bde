import type { Answer, routes } from '@keyporter/contract'

/** What an import would do, or did. */
export type ImportAnswer = Answer<typeof routes.apis.import>

/** A document, as it was chosen or pasted. */
export type SourceDocument = {
  readonly text: string
  /** The name of its file; undefined for one that was pasted. */
  readonly fileName: string | undefined
}

/** How permissions are found, and where they go. */
export type Mapping = {
  readonly way: 'document' | 'pattern'
  readonly pattern: string
  readonly usesTags: boolean
  /** The api to update; empty for a new one. */
  readonly apiId: string
  readonly name: string
  readonly identifier: string
}

/** The largest document that is read. */
export const DOCUMENT_BYTES_MAX = 15 * 1024 * 1024
/** The largest request that carries one. */
const BODY_BYTES_MAX = 20 * 1024 * 1024 - 4_096
/** Why a document was not taken; the key of a message. */
export type DocumentFault = 'documentTooLarge' | 'documentNotText' | 'documentEmpty'

/** Reads a file as UTF-8 text, or says why it is none that could be sent. */
export async function readDocument(
  file: File,
): Promise<{ readonly text: string } | { readonly fault: DocumentFault }> {
  if (file.size > DOCUMENT_BYTES_MAX) return { fault: 'documentTooLarge' }
  if (file.size === 0) return { fault: 'documentEmpty' }
  try {
    const bytes = await file.arrayBuffer()
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { fault: 'documentNotText' }
  }
}

/** The arguments of an import. */
export function toImportRequest(document: SourceDocument, mapping: Mapping, apply: boolean) {
  const { way, pattern, usesTags, apiId } = mapping
  const [name, identifier] = [mapping.name.trim(), mapping.identifier.trim()]
  return {
    openapi: bodyOf(document.text),
    apply,
    ...(way === 'pattern' ? { permissionPattern: pattern } : {}),
    ...(way === 'pattern' && usesTags ? { fallback: 'tags' as const } : {}),
    ...(apiId === ''
      ? { ...(name === '' ? {} : { name }), ...(identifier === '' ? {} : { identifier }) }
      : { apiId }),
  }
}

/**
 * How descriptions of this document name permissions, where there is a phrase that looks like it: the most
 * frequent one that ends in "permissions:" and stands before a name in capitals.
 */
export function suggestPattern(text: string): string | undefined {
  const counts = new Map<string, number>()
  const phrase =
    /([A-Z][A-Za-z ]{0,60}(?:[Pp]ermission|[Ss]cope)s?:)\s*[`*]{0,3}[A-Z][A-Z0-9_]+_(?:READ|WRITE|DELETE)/g
  for (const [, found = ''] of text.matchAll(phrase))
    counts.set(found, (counts.get(found) ?? 0) + 1)
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one)
  return most === undefined ? undefined : `${most[0]} *`
}

/** Text, so that the server can say in which line a fault is; what would not fit then goes as an object. */
function bodyOf(text: string): string | Record<string, unknown> {
  if (new Blob([JSON.stringify(text)]).size <= BODY_BYTES_MAX) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
