import {
  AUDIT_START,
  type AuditHead,
  type AuditLink,
  type AuditProblem,
  auditEventText,
  checkAuditLink,
  checkStoredHead,
  encodeBase64url,
  encodeUtf8,
  parseStrictJson,
  readAuditLink,
} from '@keyporter/protocol'

/** How an export was found. */
export type AuditReport = {
  readonly intact: boolean
  /** How many events were found good, from the first on. */
  readonly checked: number
  /** Where the export ends: kept elsewhere, it shows later that nothing was cut off. */
  readonly head: AuditHead
  /** Whose log it is; undefined when there is no event. */
  readonly organizationId: string | undefined
  readonly firstProblem?: AuditProblem
}

/** What an export is compared with, and how it is hashed. */
export type AuditExportOptions = {
  /** A head that was kept elsewhere. */
  readonly head?: AuditHead | undefined
  /** SHA-256 of the UTF-8 of a text, in base64url; Web Crypto's unless given. */
  readonly hash?: ((text: string) => string | Promise<string>) | undefined
}

type Place = {
  readonly end: AuditHead
  readonly checked: number
  readonly organizationId: string | undefined
}

/**
 * Whether a whole export of an audit log, in NDJSON and oldest first, is the chain that it claims to be.
 * Needs no server and trusts none: every hash is computed from the events themselves. That no one wrote
 * the whole chain anew, only a `head` that was kept elsewhere can show, or the server, which knows its
 * seals.
 *
 * @example
 * const report = await verifyAuditExport(readline.createInterface({ input: file }))
 */
export async function verifyAuditExport(
  lines: AsyncIterable<string> | Iterable<string>,
  { head, hash = sha256 }: AuditExportOptions = {},
): Promise<AuditReport> {
  let place: Place = { end: AUDIT_START, checked: 0, organizationId: undefined }
  let hashAtKept = head?.sequence === 0 ? AUDIT_START.hash : undefined
  for await (const line of lines) {
    if (line.trim() === '') continue
    const event = readLine(line)
    if (event === undefined) return report(place, unreadable(place))
    const { organizationId = event.organizationId } = place
    const computedHash = await hash(auditEventText(event))
    const problem = checkAuditLink(place.end, { event, organizationId, computedHash })
    if (problem !== undefined) return report(place, problem)
    const end = { sequence: event.sequence, hash: event.hash }
    place = { end, checked: place.checked + 1, organizationId }
    if (head?.sequence === event.sequence) hashAtKept = event.hash
  }
  const problem =
    head === undefined ? undefined : checkStoredHead(place.end, { head, hashAt: hashAtKept })
  return report(place, problem)
}

function report(
  { end, checked, organizationId }: Place,
  firstProblem: AuditProblem | undefined,
): AuditReport {
  const found = { intact: firstProblem === undefined, checked, head: end, organizationId }
  return firstProblem === undefined ? found : { ...found, firstProblem }
}

/** Strictly: a name that stands twice in an object could be read in two ways. */
function readLine(line: string): AuditLink | undefined {
  const parsed = parseStrictJson(line)
  return parsed.ok ? readAuditLink(parsed.value) : undefined
}

function unreadable({ end }: Place): AuditProblem {
  const sequence = end.sequence + 1
  return { sequence, kind: 'unreadable', detail: `The line of event ${sequence} is no event.` }
}

async function sha256(text: string): Promise<string> {
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', encodeUtf8(text))))
}
