// Tokens, verification, introspection: Keyporter, its peers and the bare routes.

import { CLIENTS } from '../harness/clients.mjs'
import { costRatio, measureInRounds } from '../harness/measure.mjs'
import { startPeer } from '../harness/peer-server.mjs'
import { makeTemporaryDirectory } from '../harness/temporary-directory.mjs'
import { startWithClients } from '../keyporter/start-with-clients.mjs'

const PLAN = { rounds: 5, connections: 16, measureMs: 1_200 }

/** Goals: the minimum ratio of the other contender's cost to Keyporter's. */
const paths = [
  {
    scenario: 'token',
    title: 'POST token, ES256',
    others: { bare: 0.88, 'oidc-provider': 3.3 },
  },
  {
    scenario: 'verify',
    title: 'Verify a client secret',
    others: {
      bare: 0.85,
      'better-auth, SQLite': 20,
      'better-auth, memory': 12,
    },
  },
  {
    scenario: 'introspect',
    title: 'Introspect, warm',
    others: { bare: 0.85, 'oidc-provider': 4 },
  },
]

/** @param {import('../report.mjs').Report} report */
export async function measurePaths(report) {
  /** @type {Record<string, import('../harness/peer-server.mjs').Server>} */
  const servers = {
    Keyporter: await startWithClients(makeTemporaryDirectory(), CLIENTS),
    bare: await startPeer('bare'),
    'oidc-provider': await startPeer('oidc-provider'),
    'better-auth, SQLite': await startPeer('better-auth', [makeTemporaryDirectory()]),
    'better-auth, memory': await startPeer('better-auth'),
  }
  for (const { scenario, title, others } of paths) {
    const contenders = ['Keyporter', ...Object.keys(others)].map((name) => {
      return { name, server: servers[name], scenario }
    })
    const figures = await measureInRounds(contenders, PLAN)
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
  await Promise.all(Object.values(servers).map((server) => server.stop()))
}
