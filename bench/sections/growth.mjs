// Compares the cost of a token and a verification with few and with many stored credentials. In both cases 999 clients
// call in turn; only the number of unused credentials differs.
import { costRatio, measureInRounds } from '../harness/measure.mjs'
import {
  makeDirectoryWithCredentials,
  spreadOver,
} from '../keyporter/directory-with-credentials.mjs'
import { keyporterScenarios } from '../keyporter/scenarios.mjs'
import { startKeyporter } from '../keyporter/server.mjs'

const PLAN = { rounds: 3, connections: 16, measureMs: 1_200 }
const FEW_CREDENTIALS = 1_000
const CLIENTS = 999

/**
 * @param {import('../report.mjs').Report} report
 * @param {{ credentials: number }} options
 */
export async function measureGrowth(report, { credentials }) {
  const few = `${FEW_CREDENTIALS.toLocaleString('en')} credentials`
  const many = `${credentials.toLocaleString('en')} credentials`
  const servers = {
    [few]: await startWithCredentials(FEW_CREDENTIALS),
    [many]: await startWithCredentials(credentials),
  }
  for (const scenario of ['token', 'verify']) {
    const contenders = Object.entries(servers).map(([name, server]) => ({ name, server, scenario }))
    const figures = await measureInRounds(contenders, PLAN)
    report.figures(`${scenario}, by the number of credentials`, figures)
    report.goal({
      name: `${scenario}: cost with ${many} over cost with ${few}`,
      measured: costRatio(figures, many, few),
      limit: 1.2,
      comparison: 'at most',
    })
  }
  await Promise.all(Object.values(servers).map((server) => server.stop()))
}

/** @param {number} count */
async function startWithCredentials(count) {
  const { directory, manager, pairs } = await makeDirectoryWithCredentials(count)
  const { pid, port, stop } = await startKeyporter(directory)
  const clients = spreadOver(pairs, CLIENTS)
  const scenarios = await keyporterScenarios(port, { manager, pairs: clients })
  return { pid, port, stop, scenarios }
}
