// The load generator. Reads one job from standard input and writes its result to standard output.
import { text } from 'node:stream/consumers'
import { requireExpected, requireValidTokens } from './expectations.mjs'
import { cpuMicroseconds } from './process-figures.mjs'
import { runConnection } from './raw-connection.mjs'

/**
 * @typedef {object} Scenario
 * @property {string[]} requests sent in turn
 * @property {import('./expectations.mjs').Expectation} expectation
 * @property {Parameters<typeof requireValidTokens>[1]} [tokens] expected issuer, audience and scope
 */

/**
 * @typedef {Scenario & {
 *   pid: number, port: number, connections: number, warmUpMs: number, warmUpResponses?: number,
 *   measureMs: number, once?: boolean,
 * }} Job warms up for `warmUpMs` or `warmUpResponses` responses, whichever ends first; with
 *   `once`, sends each request once without a time limit
 */

/**
 * @typedef {object} Measurement
 * @property {number} responseCount
 * @property {number} seconds
 * @property {number} cpuMicroseconds of the server process during the measurement
 * @property {number} p50Ms
 * @property {number} p99Ms
 */

const WARM_UP_STEP_MS = 25
const SAMPLE_EVERY = 499
const SAMPLES_MAX = 40

/** @type {Job} */
const job = JSON.parse(await text(process.stdin))
process.stdout.write(`${JSON.stringify(await measure(job))}\n`)

/**
 * @param {Job} given
 * @returns {Promise<Measurement>}
 */
async function measure(given) {
  const { requests, expectation, pid } = given
  let sentCount = 0
  let warmUpResponses = 0
  let responseCount = 0
  let isMeasuring = given.once === true
  let isOver = false
  const samples = []
  const times = []

  const next = () => {
    if (isOver || (given.once === true && sentCount === requests.length)) return undefined
    const request = requests[sentCount % requests.length]
    sentCount += 1
    return request
  }
  const onResponse = (response, milliseconds) => {
    requireExpected(expectation, response)
    if (!isMeasuring) {
      warmUpResponses += 1
      return
    }
    responseCount += 1
    times.push(milliseconds)
    if (responseCount % SAMPLE_EVERY === 1 && samples.length < SAMPLES_MAX)
      samples.push(response.body)
  }
  const connections = Promise.all(
    Array.from({ length: given.connections }, () =>
      runConnection({ port: given.port, next, onResponse }),
    ),
  )
  let startedAt = performance.now()
  let cpuBefore = cpuMicroseconds(pid)
  if (given.once !== true) {
    const warmUpMax = given.warmUpResponses ?? Number.POSITIVE_INFINITY
    const warmUpEndsAt = performance.now() + given.warmUpMs
    while (performance.now() < warmUpEndsAt && warmUpResponses < warmUpMax) {
      await Promise.race([sleep(WARM_UP_STEP_MS), connections])
    }
    // Both figures are read between two responses, while nothing else runs in this process.
    isMeasuring = true
    startedAt = performance.now()
    cpuBefore = cpuMicroseconds(pid)
    await Promise.race([sleep(given.measureMs), connections])
    isMeasuring = false
  } else await connections
  const seconds = (performance.now() - startedAt) / 1_000
  const used = cpuMicroseconds(pid) - cpuBefore
  isOver = true
  await connections
  if (given.tokens !== undefined) await requireValidTokens(samples, given.tokens)
  times.sort((a, b) => a - b)
  return {
    responseCount,
    seconds,
    cpuMicroseconds: used,
    p50Ms: times[Math.floor(times.length * 0.5)],
    p99Ms: times[Math.floor(times.length * 0.99)],
  }
}

/** @param {number} milliseconds */
function sleep(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}
