import * as z from 'zod'
import type { Json, JsonObject } from './openapi-types.ts'
import { SECRET_MARK } from './secret.ts'

/** Converts zod schemas to JSON Schema, and collects schemas with an ID as components. */
export type SchemaConverter = {
  /** `input` for requests, `output` for responses. */
  readonly convert: (schema: z.ZodType, io: 'input' | 'output') => JsonObject
  /** Returns the schemas with an ID, keyed by ID. */
  readonly components: () => JsonObject
}

/** Creates the schema converter of one OpenAPI document. */
export function createSchemaConverter(): SchemaConverter {
  const components = new Map<string, JsonObject>()
  return {
    convert: (schema, io) => {
      // Safe because zod returns JSON; its declared type is wider.
      const written = z.toJSONSchema(schema, { io }) as JsonObject
      const { $schema: _dialect, $defs, ...root } = written
      if (isObject($defs)) {
        for (const [id, definition] of Object.entries($defs))
          if (isObject(definition)) components.set(id, tidyObject(definition, io))
      }
      return tidyObject(root, io)
    },
    components: () =>
      Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))),
  }
}

/** The bounds that zod adds to every integer. */
const INTEGER_MAX = Number.MAX_SAFE_INTEGER

function tidyObject(schema: JsonObject, io: 'input' | 'output'): JsonObject {
  const tidied = Object.entries(schema).flatMap(([name, value]) => tidyMember(name, value, io))
  const secret = schema[SECRET_MARK] === true && io === 'input' ? [['writeOnly', true]] : []
  return Object.fromEntries([...tidied, ...secret])
}

function tidyMember(name: string, value: Json, io: 'input' | 'output'): [string, Json][] {
  switch (name) {
    case '$ref':
      return [[name, typeof value === 'string' ? rewriteReference(value) : value]]
    case 'id':
      // A string is the component ID; an object is the schema of a property named `id`.
      return typeof value === 'string' ? [] : [[name, tidy(value, io)]]
    case 'example':
      // OpenAPI 3.1 uses the JSON Schema keyword `examples`.
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? [[name, tidy(value, io)]]
        : [['examples', [value]]]
    case 'additionalProperties':
      // Later versions may add fields to responses, so clients must ignore unknown fields.
      return value === false && io === 'output' ? [] : [[name, tidy(value, io)]]
    case 'minimum':
      return value === -INTEGER_MAX ? [] : [[name, value]]
    case 'maximum':
      return value === INTEGER_MAX ? [] : [[name, value]]
    default:
      return [[name, tidy(value, io)]]
  }
}

function tidy(value: Json, io: 'input' | 'output'): Json {
  if (isList(value)) return value.map((part) => tidy(part, io))
  return isObject(value) ? tidyObject(value, io) : value
}

function rewriteReference(reference: string): string {
  return reference.replace('#/$defs/', '#/components/schemas/')
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
