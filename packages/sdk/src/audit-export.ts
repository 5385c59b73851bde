import {
  type AuditHead,
  type AuditProblem,
  auditHashInput,
  EMPTY_CHAIN_HEAD,
  encodeBase64url,
  encodeUtf8,
  type HashedAuditEvent,
  parseAuditEvent,
  parseStrictJson,
  verifyAuditEvent,
  verifyStoredHead,
} from '@keyporter/protocol'

/** The result of the verification of an export. */
export type AuditReport = {
  readonly intact: boolean
  /** Number of valid events before the first problem. */
  readonly checked: number
  /** The last valid event. Store it elsewhere to detect a later truncation. */
  readonly head: AuditHead
  /** The organization of the log. Undefined without events. */
  readonly organizationId: string | undefined
  readonly firstProblem?: AuditProblem
}

/** Options of {@link verifyAuditExport}. */
export type AuditExportOptions = {
  /** A head that was stored elsewhere. */
  readonly head?: AuditHead | undefined
  /** Returns the SHA-256 of a text in base64url. Default: Web Crypto. */
  readonly hash?: ((text: string) => string | Promise<string>) | undefined
}

type Position = {
  readonly end: AuditHead
  readonly checked: number
  readonly organizationId: string | undefined
}

/**
 * Verifies the hash chain of a complete audit log export in NDJSON, oldest first. Computes every hash from
 * the events, without a server. To detect a completely rewritten chain, pass a `head` that was stored
 * elsewhere, or verify the log on the server.
 *
 * @example
 * const report = await verifyAuditExport(readline.createInterface({ input: file }))
 */
export async function verifyAuditExport(
  lines: AsyncIterable<string> | Iterable<string>,
  { head, hash = sha256 }: AuditExportOptions = {},
): Promise<AuditReport> {
  let position: Position = { end: EMPTY_CHAIN_HEAD, checked: 0, organizationId: undefined }
  let hashAtStored = head?.sequence === 0 ? EMPTY_CHAIN_HEAD.hash : undefined
  for await (const line of lines) {
    if (line.trim() === '') continue
    const event = readLine(line)
    if (event === undefined) return report(position, unreadable(position))
    const { organizationId = event.organizationId } = position
    const computedHash = await hash(auditHashInput(event))
    const problem = verifyAuditEvent(position.end, { event, organizationId, computedHash })
    if (problem !== undefined) return report(position, problem)
    const end = { sequence: event.sequence, hash: event.hash }
    position = { end, checked: position.checked + 1, organizationId }
    if (head?.sequence === event.sequence) hashAtStored = event.hash
  }
  const problem =
    head === undefined ? undefined : verifyStoredHead(position.end, { head, hashAt: hashAtStored })
  return report(position, problem)
}

function report(
  { end, checked, organizationId }: Position,
  firstProblem: AuditProblem | undefined,
): AuditReport {
  const found = { intact: firstProblem === undefined, checked, head: end, organizationId }
  return firstProblem === undefined ? found : { ...found, firstProblem }
}

/** Parses strictly, because parsers interpret duplicate names differently. */
function readLine(line: string): HashedAuditEvent | undefined {
  const parsed = parseStrictJson(line)
  return parsed.ok ? parseAuditEvent(parsed.value) : undefined
}

function unreadable({ end }: Position): AuditProblem {
  const sequence = end.sequence + 1
  return {
    sequence,
    kind: 'unreadable',
    detail: `The line of event ${sequence} is not a valid event.`,
  }
}

async function sha256(text: string): Promise<string> {
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', encodeUtf8(text))))
}
