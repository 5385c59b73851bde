// Latency of a single caller that sends one request at a time.

import { CLIENTS } from '../harness/clients.mjs'
import { measureInRounds } from '../harness/measure.mjs'
import { startPeer } from '../harness/peer-server.mjs'
import { makeTemporaryDirectory } from '../harness/temporary-directory.mjs'
import { startWithClients } from '../keyporter/start-with-clients.mjs'

const PLAN = { rounds: 3, connections: 1, measureMs: 1_200 }

const paths = [
  { scenario: 'token', title: 'A token, one connection', p50MsMax: 0.1 },
  { scenario: 'verify', title: 'A verification, one connection', p50MsMax: 0.045 },
]

/** @param {import('../report.mjs').Report} report */
export async function measureLatency(report) {
  const servers = {
    Keyporter: await startWithClients(makeTemporaryDirectory(), CLIENTS),
    bare: await startPeer('bare'),
  }
  for (const { scenario, title, p50MsMax } of paths) {
    const contenders = Object.entries(servers).map(([name, server]) => ({ name, server, scenario }))
    const figures = await measureInRounds(contenders, PLAN)
    report.figures(title, figures)
    report.goal({
      name: `${title}: p50 in ms (bare: ${figures.bare.p50Ms.toFixed(3)})`,
      measured: figures.Keyporter.p50Ms,
      limit: p50MsMax,
      comparison: 'at most',
    })
  }
  await Promise.all(Object.values(servers).map((server) => server.stop()))
}
