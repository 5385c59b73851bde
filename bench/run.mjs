// npm run bench [-- paths | latency | signing | proxy | streams | growth | footprint] [--million]
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { installPeers } from './install-peers.mjs'
import { describeMachine, requireMachine } from './machine.mjs'
import { createReport } from './report.mjs'

const { values, positionals } = parseArgs({
  options: { million: { type: 'boolean', default: false } },
  allowPositionals: true,
})

/** Loaded after the installation of the peers. */
const sections = {
  paths: async (report) => (await import('./sections/paths.mjs')).measurePaths(report),
  latency: async (report) => (await import('./sections/latency.mjs')).measureLatency(report),
  signing: async (report) => (await import('./sections/signing.mjs')).measureSigning(report),
  proxy: async (report) => (await import('./sections/proxy.mjs')).measureProxy(report),
  streams: async (report) => (await import('./sections/streams.mjs')).measureStreams(report),
  footprint: async (report) => (await import('./sections/footprint.mjs')).measureFootprint(report),
  growth: async (report) => {
    const credentials = values.million ? 1_000_000 : 100_000
    return (await import('./sections/growth.mjs')).measureGrowth(report, { credentials })
  },
}

try {
  await runBench(positionals.length === 0 ? Object.keys(sections) : positionals)
} catch (error) {
  process.stderr.write(`\n${error.message}\n`)
  process.exitCode = 1
}

/** @param {readonly string[]} names */
async function runBench(names) {
  const unknown = names.find((name) => !(name in sections))
  if (unknown !== undefined) throw new Error(`Unknown section: ${unknown}.`)
  requireMachine()
  installPeers()
  const print = (text) => void process.stdout.write(`${text}\n`)
  const report = createReport(print)
  const machine = describeMachine()
  print(`${machine.cpu}, ${machine.cores} cores; Node ${machine.node}; load ${load()}\n`)
  for (const name of names) await sections[name](report)
  print(report.goalsTable())
  print(`Load ${load()}. Ratios are medians over interleaved rounds; see bench/README.md.`)
  const results = { machine, sections: names, ...report.data() }
  writeFileSync(
    new URL('results.json', import.meta.url),
    `${JSON.stringify(results, undefined, 2)}\n`,
  )
}

function load() {
  return loadavg()[0].toFixed(1)
}
