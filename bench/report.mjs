// The results: printed during the run, and kept as Markdown and as data.

/**
 * @typedef {object} Goal
 * @property {string} what
 * @property {number} measured
 * @property {number} limit
 * @property {'at least' | 'at most'} sense
 */

/** @typedef {ReturnType<typeof createReport>} Report */

/** @param {(text: string) => void} say */
export function createReport(say) {
  /** @type {Record<string, import('./harness/measure.mjs').FiguresByName>} */
  const figures = {}
  /** @type {Goal[]} */
  const goals = []
  /** @type {string[]} */
  const notes = []
  return {
    /**
     * @param {string} title
     * @param {import('./harness/measure.mjs').FiguresByName} measured
     */
    figures(title, measured) {
      figures[title] = measured
      say(figuresTable(title, measured))
    },
    /** @param {Goal} goal */
    goal(goal) {
      goals.push(goal)
    },
    /** @param {string} text */
    note(text) {
      notes.push(text)
      say(`${text}\n`)
    },
    goalsTable: () => goalsTable(goals),
    data: () => ({ figures, goals: goals.map((goal) => ({ ...goal, met: isMet(goal) })), notes }),
  }
}

/** @param {Goal} goal */
function isMet({ measured, limit, sense }) {
  return sense === 'at least' ? measured >= limit : measured <= limit
}

/**
 * @param {string} title
 * @param {import('./harness/measure.mjs').FiguresByName} measured
 */
function figuresTable(title, measured) {
  const rows = Object.entries(measured).map(([name, { cpuPerAnswer, perSecond, p50Ms, p99Ms }]) => [
    name,
    cpuPerAnswer.median.toFixed(1),
    `${cpuPerAnswer.min.toFixed(1)}–${cpuPerAnswer.max.toFixed(1)}`,
    Math.round(perSecond).toLocaleString('en'),
    `${p50Ms.toFixed(3)} / ${p99Ms.toFixed(2)}`,
  ])
  return markdownTable([title, 'CPU µs, median', 'min–max', 'responses/s', 'p50 / p99 ms'], rows)
}

/** @param {readonly Goal[]} goals */
function goalsTable(goals) {
  const rows = goals.map((goal) => [
    goal.what,
    precise(goal.measured),
    `${goal.sense === 'at least' ? '≥' : '≤'} ${goal.limit}`,
    isMet(goal) ? 'yes' : 'no',
  ])
  return markdownTable(['goal', 'measured', 'limit', 'met'], rows)
}

/** @param {number} value */
function precise(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

/**
 * @param {readonly string[]} head
 * @param {readonly string[][]} rows
 */
function markdownTable(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}
