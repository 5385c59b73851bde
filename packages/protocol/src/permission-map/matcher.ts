import {
  foldSegment,
  matchesLiterals,
  type PathTemplate,
  parsePathTemplate,
  parseRequestPath,
  type RequestPath,
  type RequestSegment,
  type TemplateSegment,
} from './path-template.ts'

/**
 * Returns every permission that a call requires. Returns `undefined` for unknown operations and ambiguous
 * paths: reject these calls.
 */
export type OperationMatcher = (method: string, path: string) => readonly string[] | undefined

/** An operation with its permissions. An operation without permissions never matches. */
export type MatchableOperation = {
  readonly method: string
  readonly path: string
  readonly permissions: readonly string[]
}

/** Permissions, keyed by uppercase method. */
type Leaf = Map<string, readonly string[]>

type Node = {
  readonly literals: Map<string, Node>
  /** The literal children, keyed by the form that lenient servers compare. */
  readonly folded: Map<string, Node[]>
  readonly mixed: Map<string, MixedBranch>
  parameter: Node | undefined
  readonly leaf: Leaf
  readonly leafAfterSlash: Leaf
}

type MixedBranch = {
  readonly literals: readonly string[]
  readonly folded: readonly string[]
  readonly node: Node
}

/** The precision of a segment match. Higher for more literal text. */
const RANK = { parameter: 0, mixed: 1, foldedLiteral: 2, literal: 3 } as const

// Only malicious documents have more templates for one path.
const VISITS_MAX = 4_096
const CANDIDATES_MAX = 64

/** A branch that matches a segment. `isExact` is false if only a lenient server would match it. */
type Branch = { readonly node: Node; readonly rank: number; readonly isExact: boolean }

/** A template that matches the whole path, with the ranks of its segments and of its end. */
type Candidate = {
  readonly ranks: readonly number[]
  readonly isExact: boolean
  readonly permissions: readonly string[]
}

/**
 * Compiles operations into a matcher from method and path to permissions. The matcher rejects paths that
 * servers could route differently:
 *
 * - A literal segment takes precedence over `{name}.json`, which takes precedence over `{id}`. If two
 *   templates match and neither is more precise (`/a/{x}` and `/{y}/b` for `/a/b`), the call requires the
 *   permissions of both.
 * - Paths are case-sensitive, and `/users/` differs from `/users`. If a lenient server could match an
 *   equally or more precise template (`/users/ME`, `/users/me;x`, `/users/me.json` or `/users/me/` with the
 *   template `/users/me`), the path is rejected. So is every path that `parseRequestPath` rejects.
 * - HEAD uses the permissions of GET unless the path declares HEAD. Methods are compared in upper case.
 *   Query and fragment are ignored.
 * - An operation without permissions, and a template that no request can match, return `undefined`.
 *
 * The time is proportional to the segments of the path and the matching templates. A path with over 4,096
 * branches or 64 templates is rejected.
 *
 * @example
 * const match = compileMatcher([{ method: 'GET', path: '/users/{id}', permissions: ['USER_READ'] }])
 * match('GET', '/users/42?full=1') // ['USER_READ']
 * match('GET', '/users/../admin') // undefined
 */
export function compileMatcher(operations: readonly MatchableOperation[]): OperationMatcher {
  const root = createNode()
  for (const operation of operations) {
    const template = parsePathTemplate(operation.path)
    if (template !== undefined) insert(root, template, operation)
  }
  return (method, path) => {
    const request = parseRequestPath(path)
    if (request === undefined) return undefined
    return decide(findCandidates(root, request, method.toUpperCase()))
  }
}

function createNode(): Node {
  return {
    literals: new Map(),
    folded: new Map(),
    mixed: new Map(),
    parameter: undefined,
    leaf: new Map(),
    leafAfterSlash: new Map(),
  }
}

function insert(root: Node, template: PathTemplate, operation: MatchableOperation): void {
  const node = template.segments.reduce(descend, root)
  const leaf = template.endsInSlash ? node.leafAfterSlash : node.leaf
  const method = operation.method.toUpperCase()
  leaf.set(method, unite([leaf.get(method), operation.permissions]))
}

/** Returns the child of a node for a segment. Creates missing children. */
function descend(node: Node, segment: TemplateSegment): Node {
  if (segment.kind === 'parameter') {
    node.parameter ??= createNode()
    return node.parameter
  }
  return segment.kind === 'mixed'
    ? descendMixed(node, segment.literals)
    : descendLiteral(node, segment.text)
}

function descendLiteral(node: Node, text: string): Node {
  const known = node.literals.get(text)
  if (known !== undefined) return known
  const child = createNode()
  const fold = foldSegment(text)
  node.literals.set(text, child)
  node.folded.set(fold, [...(node.folded.get(fold) ?? []), child])
  return child
}

function descendMixed(node: Node, literals: readonly string[]): Node {
  const key = literals.join('\0')
  const known = node.mixed.get(key)
  if (known !== undefined) return known.node
  const folded = literals.map((literal) => literal.normalize('NFKC').toLowerCase())
  const child = createNode()
  node.mixed.set(key, { literals, folded, node: child })
  return child
}

/**
 * Returns the union of the permissions of operations that match the same call. Empty if one of the
 * operations has no permissions, so that the call is rejected.
 */
function unite(sets: readonly (readonly string[] | undefined)[]): readonly string[] {
  const known = sets.filter((permissions) => permissions !== undefined)
  const [only, ...others] = known
  if (only !== undefined && others.length === 0) return only
  return known.some((permissions) => permissions.length === 0) ? [] : [...new Set(known.flat())]
}

function findCandidates(root: Node, path: RequestPath, method: string): readonly Candidate[] {
  const found: Candidate[] = []
  let visits = 0
  const walk = (node: Node, ranks: readonly number[], isExact: boolean): void => {
    visits += 1
    if (visits > VISITS_MAX || found.length > CANDIDATES_MAX) return
    const segment = path.segments[ranks.length]
    if (segment === undefined) {
      found.push(...endingsAt(node, path.endsInSlash, method, { ranks, isExact }))
      return
    }
    const isLast = ranks.length === path.segments.length - 1
    for (const branch of branchesFor(node, segment, isLast)) {
      walk(branch.node, [...ranks, branch.rank], isExact && branch.isExact)
    }
  }
  walk(root, [], true)
  return visits > VISITS_MAX || found.length > CANDIDATES_MAX ? [] : found
}

function branchesFor(node: Node, segment: RequestSegment, isLast: boolean): readonly Branch[] {
  const { text, fold } = segment
  const exact = node.literals.get(text)
  const branches: Branch[] = []
  if (exact !== undefined) branches.push({ node: exact, rank: RANK.literal, isExact: true })
  for (const child of foldedChildren(node, fold, isLast)) {
    if (child !== exact) branches.push({ node: child, rank: RANK.foldedLiteral, isExact: false })
  }
  for (const { literals, folded, node: child } of node.mixed.values()) {
    const isExact = matchesLiterals(text, literals)
    if (isExact || matchesLiterals(fold, folded)) {
      branches.push({ node: child, rank: RANK.mixed, isExact })
    }
  }
  if (node.parameter !== undefined) {
    branches.push({ node: node.parameter, rank: RANK.parameter, isExact: true })
  }
  return branches
}

/** Some servers treat `/users.json` as `/users`: the last segment can end with a format. */
function foldedChildren(node: Node, fold: string, isLast: boolean): readonly Node[] {
  const children = node.folded.get(fold) ?? []
  const dot = isLast ? fold.lastIndexOf('.') : -1
  return dot > 0 ? [...children, ...(node.folded.get(fold.slice(0, dot)) ?? [])] : children
}

/** Returns the operations that end at a node. A difference in the trailing slash is not exact. */
function endingsAt(
  node: Node,
  endsInSlash: boolean,
  method: string,
  match: Pick<Candidate, 'ranks' | 'isExact'>,
): readonly Candidate[] {
  const endings = [
    { leaf: endsInSlash ? node.leafAfterSlash : node.leaf, rank: 1 },
    { leaf: endsInSlash ? node.leaf : node.leafAfterSlash, rank: 0 },
  ]
  return endings.flatMap(({ leaf, rank }) => {
    const permissions = leaf.get(method) ?? (method === 'HEAD' ? leaf.get('GET') : undefined)
    if (permissions === undefined) return []
    return [{ ranks: [...match.ranks, rank], isExact: match.isExact && rank === 1, permissions }]
  })
}

/** Returns the permissions of the most precise templates, if all of them match exactly. */
function decide(candidates: readonly Candidate[]): readonly string[] | undefined {
  const winners = candidates.filter((one) => !candidates.some((other) => outranks(other, one)))
  if (winners.some((winner) => !winner.isExact)) return undefined
  const permissions = unite(winners.map((winner) => winner.permissions))
  return permissions.length === 0 ? undefined : permissions
}

/** Whether a template is more precise in at least one segment, and less precise in none. */
function outranks(one: Candidate, other: Candidate): boolean {
  const pairs = one.ranks.map((rank, index) => rank - (other.ranks[index] ?? 0))
  return pairs.every((difference) => difference >= 0) && pairs.some((difference) => difference > 0)
}
