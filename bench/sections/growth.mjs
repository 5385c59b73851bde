// Compares the cost of a token and a verification with few and with many stored credentials. A thousand clients
// call in turn; only the number of other credentials grows.
import { costRatio, measureInRounds } from '../harness/measure.mjs'
import { makeGrownDirectory, spreadOver } from '../keyporter/grown-directory.mjs'
import { keyporterScenarios } from '../keyporter/scenarios.mjs'
import { startKeyporter } from '../keyporter/server.mjs'

const PLAN = { rounds: 3, connections: 16, measureMs: 1_200 }
const SMALL = 1_000
const CALLING = 999

/**
 * @param {import('../report.mjs').Report} report
 * @param {{ credentials: number }} options
 */
export async function measureGrowth(report, { credentials }) {
  const few = `${SMALL.toLocaleString('en')} credentials`
  const many = `${credentials.toLocaleString('en')} credentials`
  const servers = {
    [few]: await startGrown(SMALL),
    [many]: await startGrown(credentials),
  }
  for (const scenario of ['token', 'verify']) {
    const contenders = Object.entries(servers).map(([name, server]) => ({ name, server, scenario }))
    const figures = await measureInRounds(contenders, PLAN)
    report.figures(`${scenario}, as the data grows`, figures)
    report.goal({
      what: `${scenario}: cost with ${many} over cost with ${few}`,
      measured: costRatio(figures, many, few),
      limit: 1.2,
      sense: 'at most',
    })
  }
  await Promise.all(Object.values(servers).map((server) => server.stop()))
}

/** @param {number} count */
async function startGrown(count) {
  const { directory, manager, pairs } = await makeGrownDirectory(count)
  const { pid, port, stop } = await startKeyporter(directory)
  const calling = spreadOver(pairs, CALLING)
  const scenarios = await keyporterScenarios(port, { manager, pairs: calling })
  return { pid, port, stop, scenarios }
}
