/** Why a document was refused; every code with its sentence. None repeats what the document says. */
const DETAILS = {
  document_not_object: 'An OpenAPI document is an object.',
  version_missing: "There is no `openapi` field that names the version as text, such as '3.1.0'.",
  version_swagger: 'Swagger 2.0 is not read. Convert the document to OpenAPI 3.0 or 3.1.',
  version_unsupported: 'Only OpenAPI 3.0 and 3.1 are read.',
  paths_missing: 'The document has no `paths` object.',
  operations_missing: 'The document describes no operation.',
  operations_too_many: 'The document describes more than 20,000 operations.',
  resources_too_many: 'The document names more than 500 resources.',
  path_invalid:
    'No request can match this path: it needs a leading /, closed braces and at most 2,048 ' +
    'characters, without query, fragment, white space, backslash, // or dot segments.',
  path_item_invalid: 'A path item is an object.',
  operation_invalid: 'An operation is an object.',
  reference_external: 'Only references within the document (#/…) are followed.',
  reference_unresolved: 'The reference points to nothing, or to something that is not an object.',
  reference_cyclic: 'The reference leads back to itself.',
  reference_too_long: 'The reference leads through more than 16 others.',
  permission_field_invalid:
    '`x-keyporter-permission` is one permission name or a list of them, none of them empty.',
  security_invalid: '`security` is a list of objects: scheme → list of scopes.',
  permissions_too_many: 'One operation names more than 64 permissions or alternatives.',
  permission_inexpressible:
    'A permission named here is not a resource and one of READ, WRITE, DELETE (such as ' +
    'CONTACT_READ or contacts:read). Name it with `x-keyporter-permission`.',
  pattern_invalid:
    'A permission pattern is one line of at most 200 characters, with text before its `*`.',
} as const

/** The code of an {@link OpenApiProblem}. */
export type OpenApiProblemCode = keyof typeof DETAILS

/**
 * One reason why a document was refused: where, as a JSON pointer into the document (empty for the
 * whole), a code, and a sentence for the caller. Paths aside, nothing of the document is repeated.
 *
 * @see RFC 6901
 */
export type OpenApiProblem = {
  readonly pointer: string
  readonly code: OpenApiProblemCode
  readonly detail: string
}

/** The problem of a code at a place. */
export function openApiProblem(pointer: string, code: OpenApiProblemCode): OpenApiProblem {
  return { pointer, code, detail: DETAILS[code] }
}
