import * as z from 'zod'
import type { Json, JsonObject } from './openapi-types.ts'
import { SECRET_MARK } from './secret.ts'

/** Turns zod schemas into those of one document, and gathers those that have an id as its components. */
export type SchemaWriter = {
  /** `input` for what a caller sends, `output` for what it gets. */
  readonly write: (schema: z.ZodType, io: 'input' | 'output') => JsonObject
  /** The schemas with an id, by that id. */
  readonly components: () => JsonObject
}

/** Makes the writer of one document's schemas. */
export function createSchemaWriter(): SchemaWriter {
  const components = new Map<string, JsonObject>()
  return {
    write: (schema, io) => {
      // safe because zod's schemas are JSON, which its own type says less strictly
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

/** What zod writes for every whole number: the range in which a double is exact. */
const EXACT = Number.MAX_SAFE_INTEGER

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
      // A component's own name; where a property is called id, its schema is an object.
      return typeof value === 'string' ? [] : [[name, tidy(value, io)]]
    case 'example':
      // OpenAPI 3.1: the word of JSON Schema.
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? [[name, tidy(value, io)]]
        : [['examples', [value]]]
    case 'additionalProperties':
      // Callers must ignore what a later version adds to answers.
      return value === false && io === 'output' ? [] : [[name, tidy(value, io)]]
    case 'minimum':
      return value === -EXACT ? [] : [[name, value]]
    case 'maximum':
      return value === EXACT ? [] : [[name, value]]
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
