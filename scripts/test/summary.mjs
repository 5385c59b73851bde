// The end of `npm test`: skipped tests with their reasons, failures, and the count.

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {readonly string[]} failures                               names
 * @property {readonly { what: string, reason: string }[]} skips
 * @property {readonly { name: string, milliseconds: number }[]} [files]   duration of each file
 */

const slowestMax = 10

/**
 * @param {readonly Results[]} parts
 * @returns {{ text: string, isPassed: boolean }}
 */
export function summarize(parts) {
  const passed = parts.reduce((sum, part) => sum + part.passed, 0)
  const failures = parts.flatMap((part) => part.failures)
  const skips = parts.flatMap((part) => part.skips)
  const files = parts.flatMap((part) => part.files ?? [])
  const text = [
    ...section('Slowest files', slowest(files)),
    ...section('Failed', failures),
    ...section('Skipped', listByReason(skips)),
    `${passed} passed, ${failures.length} failed, ${skips.length} skipped\n`,
  ].join('\n')
  return { text, isPassed: failures.length === 0 }
}

/**
 * @param {string} title
 * @param {readonly string[]} lines
 */
function section(title, lines) {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`), '']
}

/** @param {NonNullable<Results['files']>} files */
function slowest(files) {
  return files
    .toSorted((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, slowestMax)
    .map(({ name, milliseconds }) => `${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${name}`)
}

/**
 * Groups skipped tests by their reason.
 *
 * @param {Results['skips']} skips
 */
function listByReason(skips) {
  const reasons = Map.groupBy(skips, ({ reason }) => reason)
  return [...reasons].flatMap(([reason, group]) => [
    `${reason}:`,
    ...group.map(({ what }) => `  - ${what}`),
  ])
}
