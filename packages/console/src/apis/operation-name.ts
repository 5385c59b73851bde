/** Returns the display name of an operation: `GET /v1/contacts/{id}`. */
export function operationName({
  method,
  path,
}: {
  readonly method: string
  readonly path: string
}): string {
  return `${method} ${path}`
}
