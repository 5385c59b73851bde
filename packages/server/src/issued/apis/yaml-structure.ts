import { type AliasEvent, EVENT_ID, type Event, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'

/** The reason for rejecting a well-formed YAML text, and its offset. */
export type YamlFault = {
  readonly code: string
  readonly message: string
  readonly offset: number
}

type Frame = { nodes: number; readonly anchor: string | undefined }

type Scan = {
  readonly text: string
  readonly nodesMax: number
  readonly frames: Frame[]
  /** The number of nodes of each anchor. The size of a collection is unknown while it is open. */
  readonly sizes: Map<string, number | 'open'>
}

const ABSENT = -1
const MERGE_KEY = '<<'

/**
 * Returns the first fault of a YAML text: a cyclic alias, aliases that expand to too many nodes (the "billion laughs"
 * attack), or a merge key. The parser rejects unknown aliases.
 *
 * @see YAML 1.2.2 §7.1
 */
export function findYamlFault(
  text: string,
  events: readonly Event[],
  nodesMax: number,
): YamlFault | undefined {
  const scan: Scan = { text, nodesMax, frames: [], sizes: new Map() }
  for (const event of events) {
    const fault = scanEvent(scan, event)
    if (fault !== undefined) return fault
  }
  return undefined
}

function scanEvent(scan: Scan, event: Event): YamlFault | undefined {
  switch (event.type) {
    case EVENT_ID.DOCUMENT:
      scan.frames.push({ nodes: 0, anchor: undefined })
      return undefined
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return openCollection(scan, anchorOf(scan, event))
    case EVENT_ID.SCALAR:
      return scanScalar(scan, event)
    case EVENT_ID.ALIAS:
      return scanAlias(scan, event)
    case EVENT_ID.POP:
      return closeCollection(scan)
  }
}

function openCollection(scan: Scan, anchor: string | undefined): undefined {
  scan.frames.push({ nodes: 0, anchor })
  if (anchor !== undefined) scan.sizes.set(anchor, 'open')
}

function closeCollection(scan: Scan): undefined {
  const frame = scan.frames.pop()
  if (frame === undefined) return
  const nodes = frame.nodes + 1
  if (frame.anchor !== undefined) scan.sizes.set(frame.anchor, nodes)
  addNodes(scan, nodes)
}

function scanScalar(scan: Scan, event: ScalarEvent): YamlFault | undefined {
  const anchor = anchorOf(scan, event)
  if (anchor !== undefined) scan.sizes.set(anchor, 1)
  addNodes(scan, 1)
  return isMergeKey(scan, event)
    ? {
        code: 'yaml_merge_key',
        message: 'Merge keys (<<) are not supported: write out the merged content',
        offset: event.valueStart,
      }
    : undefined
}

function scanAlias(scan: Scan, event: AliasEvent): YamlFault | undefined {
  const size = scan.sizes.get(scan.text.slice(event.anchorStart, event.anchorEnd)) ?? 1
  const offset = event.anchorStart
  if (size === 'open') {
    return {
      code: 'yaml_alias_cyclic',
      message: 'An alias refers to a collection that contains it',
      offset,
    }
  }
  const nodes = addNodes(scan, size)
  return nodes <= scan.nodesMax
    ? undefined
    : {
        code: 'yaml_alias_expansion',
        message: 'The expanded aliases exceed the memory limit of an import',
        offset,
      }
}

/** Adds nodes to the innermost open collection. Returns its new size. */
function addNodes(scan: Scan, nodes: number): number {
  const frame = scan.frames.at(-1)
  if (frame === undefined) return nodes
  frame.nodes += nodes
  return frame.nodes
}

function isMergeKey({ text }: Scan, event: ScalarEvent): boolean {
  return (
    event.style === SCALAR_STYLE.PLAIN &&
    event.valueEnd - event.valueStart === MERGE_KEY.length &&
    text.startsWith(MERGE_KEY, event.valueStart)
  )
}

function anchorOf(
  { text }: Scan,
  { anchorStart, anchorEnd }: { readonly anchorStart: number; readonly anchorEnd: number },
): string | undefined {
  return anchorStart === ABSENT ? undefined : text.slice(anchorStart, anchorEnd)
}
