import type { ResponseBody, routes } from '@keyporter/contract'

/** The result of an import, or of its preview. */
export type ImportResult = ResponseBody<typeof routes.apis.import>

/** A document that was chosen or pasted. */
export type SourceDocument = {
  readonly text: string
  /** Undefined for pasted text. */
  readonly fileName: string | undefined
}

/** How permission names are derived, and the target API. */
export type Mapping = {
  readonly source: 'document' | 'pattern'
  readonly pattern: string
  readonly usesTags: boolean
  /** The API to update; empty to create one. */
  readonly apiId: string
  readonly name: string
  readonly identifier: string
}

export const DOCUMENT_BYTES_MAX = 15 * 1024 * 1024
/** The server's body limit, minus the space for the other fields. */
const BODY_BYTES_MAX = 20 * 1024 * 1024 - 4_096
/** The message key of a rejected document. */
export type DocumentFault = 'documentTooLarge' | 'documentNotText' | 'documentEmpty'

/** Reads a file as UTF-8 text, or returns why it cannot be imported. */
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

/** Returns the arguments of an import request. */
export function toImportRequest(document: SourceDocument, mapping: Mapping, apply: boolean) {
  const { source, pattern, usesTags, apiId } = mapping
  const [name, identifier] = [mapping.name.trim(), mapping.identifier.trim()]
  return {
    openapi: bodyOf(document.text),
    apply,
    ...(source === 'pattern' ? { permissionPattern: pattern } : {}),
    ...(source === 'pattern' && usesTags ? { fallback: 'tags' as const } : {}),
    ...(apiId === ''
      ? { ...(name === '' ? {} : { name }), ...(identifier === '' ? {} : { identifier }) }
      : { apiId }),
  }
}

/**
 * Returns the most frequent phrase that ends in "permissions:" or "scopes:" and precedes a permission name;
 * undefined if there is none.
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

/** Sends text, so that errors carry line numbers; an object if the escaped text exceeds the body limit. */
function bodyOf(text: string): string | Record<string, unknown> {
  if (new Blob([JSON.stringify(text)]).size <= BODY_BYTES_MAX) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
