/** A JSON value of an OpenAPI document. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
/** A JSON object of an OpenAPI document. */
export type JsonObject = { readonly [name: string]: Json }

/** One operation of an OpenAPI document. */
export type OpenApiOperation = JsonObject & {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly responses: JsonObject
}

/** The operations of one path, keyed by lowercase method. */
export type OpenApiPath = { readonly [method: string]: OpenApiOperation }

/** The subset of an OpenAPI 3.1 document that {@link buildOpenApi} returns. */
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
