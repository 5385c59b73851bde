// Extracts the text that people read from a file: comments, strings with several words, test names, Markdown, console
// messages, package descriptions.
import { parseSync, Visitor } from 'rolldown/utils'

/**
 * @typedef {import('./phrases.mjs').Kind} Kind
 *
 * @typedef {object} Passage
 * @property {Kind} kind
 * @property {number} line      of the first character, from 1
 * @property {string} text      line breaks are those of the file
 */

/**
 * Returns the passages of a file, in the order of the file. Code in backticks, link targets and URLs are omitted.
 *
 * @param {string} path
 * @param {string} text
 * @returns {Passage[]}
 */
export function readProse(path, text) {
  return passagesOf(path, text).map((passage) => ({ ...passage, text: withoutCode(passage.text) }))
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {Passage[]}
 */
function passagesOf(path, text) {
  if (path.endsWith('.md')) return [{ kind: 'document', line: 1, text: withoutBlocks(text) }]
  if (/\.(ts|tsx|mjs|js)$/.test(path)) return readScript(path, text)
  if (path.endsWith('messages.json')) return readMessages(text)
  if (/(^|\/)package\.json$|oxlintrc\.json$/.test(path)) return readDescriptions(text)
  if (/\.(py|rb|pl)$|^\.ci\/run$/.test(path)) return readHashComments(text)
  return path.endsWith('.css') ? readCss(text) : []
}

/**
 * @param {string} path
 * @param {string} text
 */
function readScript(path, text) {
  const { program, comments } = parseSync(path, text)
  const at = lineFinder(text)
  /** @type {Passage[]} */
  const found = joinLineComments(comments, text).map(({ start, value }) => ({
    kind: 'comment',
    line: at(start),
    text: withoutAnnotations(value),
  }))
  const isTest = /\.test\.tsx?$/.test(path)
  /** @type {Set<unknown>} */
  const names = new Set()
  /** @type {Set<unknown>} */
  const ignored = new Set()

  /**
   * @param {{ start: number }} node
   * @param {string} value
   */
  function add(node, value) {
    if (ignored.has(node) || (isTest && !names.has(node)) || !isSentence(value)) return
    found.push({ kind: isTest ? 'test' : 'text', line: at(node.start), text: value })
  }

  new Visitor({
    CallExpression({ arguments: args, callee }) {
      const called = text.slice(callee.start, callee.end)
      if (/^(it|test|describe)\b/.test(called)) names.add(args[0])
      // The rows of a table of tests are part of its names.
      if (/^(it|test|describe)\.(each|for)$/.test(called)) collectLabels(args[0], names)
    },
    TaggedTemplateExpression({ quasi }) {
      for (const element of quasi.quasis) ignored.add(element)
    },
    TemplateLiteral(node) {
      if (names.has(node)) for (const element of node.quasis) names.add(element)
    },
    Literal(node) {
      if (typeof node.value === 'string') add(node, node.value)
    },
    TemplateElement(node) {
      add(node, node.value.raw)
    },
    JSXText(node) {
      add(node, node.value)
    },
  }).visit(program)
  return found.sort((one, other) => one.line - other.line)
}

/**
 * Collects the strings in the rows of a table of tests that are words, not data: they begin with a lower-case letter.
 *
 * @param {unknown} node
 * @param {Set<unknown>} labels
 */
function collectLabels(node, labels) {
  if (typeof node !== 'object' || node === null || !('type' in node)) return
  if (node.type === 'ArrayExpression' && 'elements' in node && Array.isArray(node.elements)) {
    for (const element of node.elements) collectLabels(element, labels)
  }
  const isLabel =
    node.type === 'Literal' && 'value' in node && /^[a-z]+ [^{}<>=]*$/.test(String(node.value))
  if (isLabel) labels.add(node)
}

/** Returns whether a string has several words and is not SQL. @param {string} value */
function isSentence(value) {
  const isSql = /^\s*(ALTER|CREATE|DELETE|DROP|INSERT|SELECT|UPDATE|WITH) /.test(value)
  return !isSql && /[A-Za-z][,.:;]? [A-Za-z]/.test(value)
}

/**
 * Joins line comments that follow each other: a sentence may continue on the next line.
 *
 * @param {readonly { type: string, value: string, start: number, end: number }[]} comments
 * @param {string} text
 */
function joinLineComments(comments, text) {
  /** @type {{ type: string, value: string, start: number, end: number }[]} */
  const joined = []
  for (const comment of comments) {
    const last = joined.at(-1)
    const follows =
      last?.type === 'Line' &&
      comment.type === 'Line' &&
      /^[^\S\n]*\n[^\S\n]*$/.test(text.slice(last.end, comment.start))
    if (follows) Object.assign(last, { value: `${last.value}\n${comment.value}`, end: comment.end })
    else joined.push({ ...comment })
  }
  return joined
}

/** Removes the stars of block comments, and the types and names of JSDoc tags. @param {string} value */
function withoutAnnotations(value) {
  return value
    .replace(/^\s*\*+ ?/gm, ' ')
    .replace(
      /^\s*(biome-ignore|oxlint-disable|eslint-disable|@ts-expect-error|v8 ignore)[^\n:]*/gm,
      ' ',
    )
    .replace(/@example[\s\S]*?(?=\n\s*@|$)/g, (example) => example.replace(/[^\n]/g, ' '))
    .replace(/@typedef\s+\{[^\n]*\}\s*\w+|@typedef\b[^\n]*/g, ' ')
    .replace(/@(import|type|template|see)\b[^\n]*/g, ' ')
    .replace(
      /@(param|property|returns|throws)\s+(\{[^}]*(\{[^}]*\}[^}]*)*\})?\s*(\[?[\w.]+\]?)?/g,
      ' ',
    )
    .replace(/\{@link [^}]*\}/g, ' ')
}

/** @param {string} text */
function withoutBlocks(text) {
  return text
    .replace(/^ *(```+|~~~+)(?!sh)[\s\S]*?^ *\1/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/^( *```+sh\n)([\s\S]*?)^ *```/gm, (block) => block.replace(/^(?!\s*#).*$/gm, ''))
}

/** Replaces code, URLs and dotted names by a placeholder, so that the words around them do not become adjacent. @param {string} text */
function withoutCode(text) {
  return text
    .replace(/`[^`\n]*(\n[^`\n]*)?`/g, (code) => (code.includes('\n') ? '‹code›\n' : '‹code›'))
    .replace(/\]\([^)\s]*\)/g, ']')
    .replace(/https?:\/\/\S+/g, '‹url›')
    .replace(/\b[a-z_]\w*(?:\.[a-z_]\w*)+\b/gi, '‹name›')
}

/** @param {string} text */
function readMessages(text) {
  return text.split('\n').flatMap((row, index) => {
    const value = /^\s*"[^"]*":\s*"((?:[^"\\]|\\.)*)"/.exec(row)?.[1]
    return value === undefined ? [] : [toPassage('text', index + 1, withoutArguments(value))]
  })
}

/** Reads descriptions of packages, and messages of lint rules. @param {string} text */
function readDescriptions(text) {
  return text.split('\n').flatMap((row, index) => {
    const value = /"(?:description|message)":\s*"((?:[^"\\]|\\.)*)"/.exec(row)?.[1]
    return value === undefined ? [] : [toPassage('text', index + 1, value)]
  })
}

/** Removes names of ICU arguments and keys of their cases; keeps the displayed text. @param {string} message */
function withoutArguments(message) {
  return message.replace(/\{\w+(,\s*\w+,?)?|\b\w+ (?=\{)/g, ' ')
}

/** @param {string} text */
function readHashComments(text) {
  return text.split('\n').flatMap((row, index) => {
    const comment = /(?:^|\s)#(?!!)\s*(.+)$/.exec(row)?.[1]
    return comment === undefined ? [] : [toPassage('comment', index + 1, comment)]
  })
}

/** @param {string} text */
function readCss(text) {
  const at = lineFinder(text)
  return [...text.matchAll(/\/\*([\s\S]*?)\*\//g)].map(({ 1: comment = '', index }) =>
    toPassage('comment', at(index), comment),
  )
}

/**
 * @param {Kind} kind
 * @param {number} line
 * @param {string} text
 * @returns {Passage}
 */
function toPassage(kind, line, text) {
  return { kind, line, text }
}

/** @param {string} text */
function lineFinder(text) {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (/** @type {number} */ offset) => {
    let low = 0
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}
