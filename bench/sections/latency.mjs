// Latency of a single caller that sends one request at a time.

import { measureInRounds } from '../harness/measure.mjs'
import { startPeer } from '../harness/peer-server.mjs'
import { CLIENTS } from '../harness/subject.mjs'
import { makeDirectory } from '../harness/workplace.mjs'
import { startPrepared } from '../keyporter/start-prepared.mjs'

const PLAN = { rounds: 3, connections: 1, measureMs: 1_200 }

const paths = [
  { scenario: 'token', title: 'A token, one connection', p50MsMax: 0.1 },
  { scenario: 'verify', title: 'A verification, one connection', p50MsMax: 0.045 },
]

/** @param {import('../report.mjs').Report} report */
export async function measureLatency(report) {
  const servers = {
    Keyporter: await startPrepared(makeDirectory(), CLIENTS),
    bare: await startPeer('bare'),
  }
  for (const { scenario, title, p50MsMax } of paths) {
    const contenders = Object.entries(servers).map(([name, server]) => ({ name, server, scenario }))
    const figures = await measureInRounds(contenders, PLAN)
    report.figures(title, figures)
    report.goal({
      what: `${title}: p50 in ms (bare: ${figures.bare.p50Ms.toFixed(3)})`,
      measured: figures.Keyporter.p50Ms,
      limit: p50MsMax,
      sense: 'at most',
    })
  }
  await Promise.all(Object.values(servers).map((server) => server.stop()))
}
