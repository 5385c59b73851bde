// The cost of a signature: RFC 9421 with a shared secret, and SigV4.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { costRatio, interleave } from '../harness/measure.mjs'
import { SERVER_CORE, startPinned, stopPinned } from '../harness/pinned-process.mjs'

const ROUNDS = 5
const FIRST_WARM_UP_MS = 3_000
const WARM_UP_MS = 250
const MEASURE_MS = 1_000
const program = fileURLToPath(new URL('../signing/run-contender.mjs', import.meta.url))

const SIGV4_OTHERS = {
  '@smithy/signature-v4': 4.5,
  "@smithy/signature-v4, Node's SHA-256": 4.5,
  aws4: 2.5,
}

/** Goals: the minimum ratio of the other contender's cost to Keyporter's. */
const tasks = [
  {
    task: 'rfc9421',
    title: 'RFC 9421, hmac-sha256: a GET',
    others: { 'http-message-signatures': 5 },
  },
  { task: 'sigv4-get', title: 'SigV4: a GET', others: SIGV4_OTHERS },
  { task: 'sigv4-post', title: 'SigV4: a POST of 1 KiB', others: SIGV4_OTHERS },
]

/** @param {import('../report.mjs').Report} report */
export async function measureSigning(report) {
  for (const { task, title, others } of tasks) {
    const contenders = ['Keyporter', ...Object.keys(others)].map(startContender)
    await requireEqualSignatures(task, contenders)
    const figures = await interleave(contenders, ROUNDS, ({ request }, round) => {
      const warmUpMs = round === 0 ? FIRST_WARM_UP_MS : WARM_UP_MS
      return request({ task, measureMs: MEASURE_MS, warmUpMs })
    })
    await Promise.all(contenders.map(({ stop }) => stop()))
    report.figures(title, figures)
    for (const [name, limit] of Object.entries(others)) {
      report.goal({
        name: `${title}: cost of ${name} / cost of Keyporter`,
        measured: costRatio(figures, name, 'Keyporter'),
        limit,
        comparison: 'at least',
      })
    }
  }
}

/**
 * Checks before the measurement that all contenders produce the same signature.
 *
 * @param {string} task
 * @param {readonly ReturnType<typeof startContender>[]} contenders
 */
async function requireEqualSignatures(task, contenders) {
  const at = '2026-01-02T03:04:05.000Z'
  const signatures = await Promise.all(contenders.map(({ request }) => request({ task, at })))
  if (new Set(signatures).size === 1) return
  const list = contenders.map(({ name }, index) => `${name}: ${signatures[index]}`)
  throw new Error(`The signatures differ.\n${list.join('\n')}`)
}

/** @param {string} name */
function startContender(name) {
  const args = ['--conditions=@keyporter/source', program, name]
  const started = startPinned({ core: SERVER_CORE, args, stdin: 'pipe' })
  const lines = createInterface(started.child.stdout)
  const failure = started.ended.then((code) => {
    throw new Error(`${name} ended with ${code}:\n${started.errors()}`)
  })
  // `request` reports the failure.
  failure.catch(() => undefined)
  return {
    name,
    /** @param {Record<string, unknown>} message */
    request: async (message) => {
      const line = once(lines, 'line')
      started.child.stdin.write(`${JSON.stringify(message)}\n`)
      const [text] = await Promise.race([line, failure])
      return JSON.parse(text)
    },
    stop: () => stopPinned(started),
  }
}
