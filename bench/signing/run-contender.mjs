// One contender in its own process: signs for the duration in each line of standard input, and writes the cost.
// node --conditions=@keyporter/source run-contender.mjs <contender>

import { cpuUsage } from 'node:process'
import { createInterface } from 'node:readline'
import { contenders } from './contenders.mjs'

const BATCH = 100

const contender = await contenders[process.argv[2]]()

for await (const line of createInterface(process.stdin)) {
  const { task, at, measureMs, warmUpMs } = JSON.parse(line)
  const sign = contender[task]
  const result =
    at === undefined ? await measure(sign, { measureMs, warmUpMs }) : await sign(new Date(at))
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

/**
 * @param {import('./contenders.mjs').Sign} sign
 * @param {{ measureMs: number, warmUpMs: number }} plan
 * @returns {Promise<import('../harness/load.mjs').Measurement>}
 */
async function measure(sign, { measureMs, warmUpMs }) {
  await signFor(sign, warmUpMs)
  const before = cpuUsage()
  const startedAt = performance.now()
  const batches = await signFor(sign, measureMs)
  const seconds = (performance.now() - startedAt) / 1_000
  const { user, system } = cpuUsage(before)
  batches.sort((a, b) => a - b)
  const quantile = (/** @type {number} */ q) =>
    batches[Math.floor(q * (batches.length - 1))] / BATCH
  return {
    responseCount: batches.length * BATCH,
    seconds,
    cpuMicroseconds: user + system,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  }
}

/**
 * @param {import('./contenders.mjs').Sign} sign
 * @param {number} milliseconds
 * @returns {Promise<number[]>} duration of each batch
 */
async function signFor(sign, milliseconds) {
  const times = []
  const end = performance.now() + milliseconds
  for (let now = performance.now(); now < end; ) {
    for (let index = 0; index < BATCH; index += 1) {
      const signature = sign(new Date())
      // Does not await a synchronous signer.
      if (typeof signature !== 'string') await signature
    }
    const then = performance.now()
    times.push(then - now)
    now = then
  }
  return times
}
