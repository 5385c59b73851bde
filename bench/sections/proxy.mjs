// A small call through a proxy that puts in what signs it in: Keyporter, which knows its callers and looks up
// the connection, beside proxies that do neither.
import { costRatio, measureInRounds } from '../harness/measure.mjs'
import { startProxies } from '../proxying/start-proxies.mjs'
import { startUpstream } from '../proxying/start-upstream.mjs'

const PLAN = { rounds: 5, connections: 16, measureMs: 1_200 }

/** Goals: the least ratio of the other's cost to ours. */
const limits = { 'http-proxy': 1.5, '@fastify/reply-from': 1.3, nginx: 0.25 }

/** @param {import('../report.mjs').Report} report */
export async function measureProxy(report) {
  const upstream = await startUpstream()
  const servers = await startProxies(upstream.origin)
  const contenders = Object.entries(servers).map(([name, server]) => {
    return { name, server, scenario: 'small' }
  })
  const figures = await measureInRounds(contenders, PLAN)
  report.figures('Proxy, GET of 1 KiB', figures)
  const ofBare = costRatio(figures, 'bare', 'Keyporter')
  report.note(`Proxy: ${ofBare.toFixed(2)} of bare.`)
  for (const [name, limit] of Object.entries(limits)) {
    if (figures[name] === undefined) {
      report.note(`Proxy: ${name}, of which there is a goal, is not installed here.`)
      continue
    }
    report.goal({
      id: 'G7',
      what: `Proxy, GET of 1 KiB: cost of ${name} over ours`,
      measured: costRatio(figures, name, 'Keyporter'),
      limit,
      sense: 'at least',
    })
  }
  await Promise.all([...Object.values(servers), upstream].map((server) => server.stop()))
}
