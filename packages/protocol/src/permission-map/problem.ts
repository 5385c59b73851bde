/** The details of every problem code. They do not repeat text of the document. */
const DETAILS = {
  document_not_object: 'An OpenAPI document must be an object.',
  version_missing: "The field `openapi` must contain the version as a string, such as '3.1.0'.",
  version_swagger: 'Swagger 2.0 is not supported. Convert the document to OpenAPI 3.0 or 3.1.',
  version_unsupported: 'Only OpenAPI 3.0 and 3.1 are supported.',
  paths_missing: 'The document has no `paths` object.',
  operations_missing: 'The document contains no operations.',
  operations_too_many: 'The document contains more than 20,000 operations.',
  resources_too_many: 'The document contains more than 500 resources.',
  path_invalid:
    'No request can match this path. A path must start with /, have balanced braces and at most 2,048 ' +
    'characters, and no query, fragment, white space, backslash, // or dot segments.',
  path_item_invalid: 'A path item must be an object.',
  operation_invalid: 'An operation must be an object.',
  reference_external: 'Only references within the document (#/…) are supported.',
  reference_unresolved: 'The reference does not point to an object of the document.',
  reference_cyclic: 'The reference is cyclic.',
  reference_too_long: 'The reference has a chain of more than 16 references.',
  permission_field_invalid:
    '`x-keyporter-permission` must be a permission name or a non-empty list of permission names.',
  security_invalid: '`security` must be a list of objects that map schemes to lists of scopes.',
  permissions_too_many: 'An operation contains more than 64 permissions or alternatives.',
  permission_inexpressible:
    'A permission must be a resource and one of READ, WRITE and DELETE, such as CONTACT_READ or ' +
    'contacts:read. Use `x-keyporter-permission` to set it.',
  pattern_invalid:
    'A permission pattern must be one line of at most 200 characters, with text before `*`.',
} as const

/** The code of an {@link OpenApiProblem}. */
export type OpenApiProblemCode = keyof typeof DETAILS

/**
 * A reason for rejecting a document: a JSON pointer into the document (empty for the whole document), a
 * code and a detail. Contains no text of the document except paths.
 *
 * @see RFC 6901
 */
export type OpenApiProblem = {
  readonly pointer: string
  readonly code: OpenApiProblemCode
  readonly detail: string
}

/** Returns the problem with a code at a pointer. */
export function openApiProblem(pointer: string, code: OpenApiProblemCode): OpenApiProblem {
  return { pointer, code, detail: DETAILS[code] }
}
