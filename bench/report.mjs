// Collects the results, and prints them as Markdown tables during the run.

/**
 * @typedef {object} Goal
 * @property {string} name
 * @property {number} measured
 * @property {number} limit
 * @property {'at least' | 'at most'} comparison
 */

/** @typedef {ReturnType<typeof createReport>} Report */

/** @param {(text: string) => void} print */
export function createReport(print) {
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
      print(figuresTable(title, measured))
    },
    /** @param {Goal} goal */
    goal(goal) {
      goals.push(goal)
    },
    /** @param {string} text */
    note(text) {
      notes.push(text)
      print(`${text}\n`)
    },
    goalsTable: () => goalsTable(goals),
    data: () => ({ figures, goals: goals.map((goal) => ({ ...goal, met: isMet(goal) })), notes }),
  }
}

/** @param {Goal} goal */
function isMet({ measured, limit, comparison }) {
  return comparison === 'at least' ? measured >= limit : measured <= limit
}

/**
 * @param {string} title
 * @param {import('./harness/measure.mjs').FiguresByName} measured
 */
function figuresTable(title, measured) {
  const rows = Object.entries(measured).map(
    ([name, { cpuPerResponse, perSecond, p50Ms, p99Ms }]) => [
      name,
      cpuPerResponse.median.toFixed(1),
      `${cpuPerResponse.min.toFixed(1)}–${cpuPerResponse.max.toFixed(1)}`,
      Math.round(perSecond).toLocaleString('en'),
      `${p50Ms.toFixed(3)} / ${p99Ms.toFixed(2)}`,
    ],
  )
  return markdownTable([title, 'CPU µs, median', 'min–max', 'responses/s', 'p50 / p99 ms'], rows)
}

/** @param {readonly Goal[]} goals */
function goalsTable(goals) {
  const rows = goals.map((goal) => [
    goal.name,
    precise(goal.measured),
    `${goal.comparison === 'at least' ? '≥' : '≤'} ${goal.limit}`,
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
