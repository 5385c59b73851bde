import { type Draft, emptyDraft } from '../editor/draft.ts'
import { newRow } from '../editor/rows.ts'
import { isKind } from '../kinds.ts'

/** How a well-known API is reached and signed in to. What stands in braces is to be filled in. */
export type Template = {
  readonly id: string
  readonly name: string
  readonly baseUrl: string
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly kind: string
  readonly settings?: Readonly<Record<string, string | undefined>>
  readonly extraParameters?: Readonly<Record<string, string | undefined>>
  /** What is the same for everybody of what else one would have to give. */
  readonly values?: Readonly<Record<string, string | undefined>>
  /** A path that only reads. */
  readonly testPath: string
  /** Where it is described. */
  readonly help: string
  readonly note: string
}

/** A new integration as a template has it. */
export function draftOfTemplate(template: Template, environment: Draft['environment']): Draft {
  const empty = emptyDraft(environment)
  const choice = template.contentType
  return {
    ...empty,
    name: template.name,
    baseUrl: template.baseUrl,
    contentChoice: choice === 'xml' || choice === 'form' ? choice : 'json',
    headers: rowsOf(template.headers),
    kind: isKind(template.kind) ? template.kind : 'none',
    settings: { ...empty.settings, ...textsOf(template.settings) },
    extraParameters: rowsOf(template.extraParameters),
  }
}

type Texts = Readonly<Record<string, string | undefined>>

function rowsOf(pairs: Texts = {}) {
  return Object.entries(textsOf(pairs)).map(([name, value]) => newRow({ name, value }))
}

/** Only what is there: the file's objects are seen as all of one shape. */
function textsOf(pairs: Texts = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
