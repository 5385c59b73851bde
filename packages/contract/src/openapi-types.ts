/** A JSON value as a document holds it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
/** A JSON object of a document. */
export type JsonObject = { readonly [name: string]: Json }

/** One operation of a document. */
export type OpenApiOperation = JsonObject & {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly responses: JsonObject
}

/** The operations of one path, by method in lower case. */
export type OpenApiPath = { readonly [method: string]: OpenApiOperation }

/** An OpenAPI 3.1 document, as far as we write one. */
export type OpenApiDocument = {
  readonly openapi: '3.1.1'
  readonly info: JsonObject
  readonly servers: readonly JsonObject[]
  readonly tags: readonly JsonObject[]
  readonly security: readonly JsonObject[]
  readonly paths: { readonly [path: string]: OpenApiPath }
  readonly components: {
    readonly schemas: JsonObject
    readonly parameters: JsonObject
    readonly headers: JsonObject
    readonly securitySchemes: JsonObject
  }
}
