// A small call through a proxy that adds the upstream's credential. Only Keyporter authenticates the caller and
// looks up the connection.
import { costRatio, measureInRounds } from '../harness/measure.mjs'
import { startProxies } from '../proxying/start-proxies.mjs'
import { startUpstream } from '../proxying/start-upstream.mjs'

const PLAN = { rounds: 5, connections: 16, measureMs: 1_200 }

/** Goals: the minimum ratio of the other contender's cost to Keyporter's. */
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
  const ratioToBare = costRatio(figures, 'bare', 'Keyporter')
  report.note(`Proxy: ${ratioToBare.toFixed(2)} of bare.`)
  for (const [name, limit] of Object.entries(limits)) {
    if (figures[name] === undefined) {
      report.note(`Proxy: ${name} is not installed; its goal is skipped.`)
      continue
    }
    report.goal({
      name: `Proxy, GET of 1 KiB: cost of ${name} / cost of Keyporter`,
      measured: costRatio(figures, name, 'Keyporter'),
      limit,
      comparison: 'at least',
    })
  }
  await Promise.all([...Object.values(servers), upstream].map((server) => server.stop()))
}
