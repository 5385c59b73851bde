import { isAuthType } from '../authentication-types.ts'
import { type Draft, emptyDraft } from '../editor/draft.ts'
import { newRow } from '../editor/rows.ts'

/** The settings of a well-known API. Placeholders in braces must be replaced. */
export type Template = {
  readonly id: string
  readonly name: string
  readonly baseUrl: string
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly kind: string
  readonly settings?: Readonly<Record<string, string | undefined>>
  readonly extraParameters?: Readonly<Record<string, string | undefined>>
  /** Fixed values of credential fields, for example the username `api` of Mailgun. */
  readonly credentials?: Readonly<Record<string, string | undefined>>
  /** A read-only path for the connection test. */
  readonly testPath: string
  /** The documentation page. */
  readonly help: string
  readonly note: string
}

/** Returns a draft of an integration with the settings of a template. */
export function draftOfTemplate(template: Template, environment: Draft['environment']): Draft {
  const empty = emptyDraft(environment)
  const choice = template.contentType
  return {
    ...empty,
    name: template.name,
    baseUrl: template.baseUrl,
    contentChoice: choice === 'xml' || choice === 'form' ? choice : 'json',
    headers: rowsOf(template.headers),
    kind: isAuthType(template.kind) ? template.kind : 'none',
    settings: { ...empty.settings, ...textsOf(template.settings) },
    extraParameters: rowsOf(template.extraParameters),
  }
}

type Texts = Readonly<Record<string, string | undefined>>

function rowsOf(pairs: Texts = {}) {
  return Object.entries(textsOf(pairs)).map(([name, value]) => newRow({ name, value }))
}

/** Drops undefined values: TypeScript merges the JSON objects of the file into one type. */
function textsOf(pairs: Texts = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
