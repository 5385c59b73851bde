// Describes the machine and checks its requirements.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { LOAD_CORE } from './harness/pinned-process.mjs'
import { nginxVersion } from './proxying/start-nginx.mjs'

const peers = [
  'oidc-provider',
  'better-auth',
  '@better-auth/api-key',
  'fastify',
  'http-proxy',
  '@fastify/reply-from',
  'undici',
]

export function describeMachine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim(),
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    loadAverageBefore: loadavg()[0],
    node: process.versions.node,
    peers: {
      ...Object.fromEntries(peers.map((name) => [name, versionOf(name)])),
      nginx: nginxVersion(),
    },
  }
}

/** Pinning and CPU figures need Linux. */
export function requireMachine() {
  if (!existsSync('/proc/self/stat') || cpus().length < 2 || !hasTaskset()) {
    throw new Error('The benchmarks need Linux, two cores, and taskset (util-linux).')
  }
  // This process must not disturb the server.
  spawnSync('taskset', ['--cpu-list', '--pid', String(LOAD_CORE), String(process.pid)])
}

function hasTaskset() {
  return spawnSync('taskset', ['--version']).status === 0
}

/** @param {string} name */
function versionOf(name) {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).version
}
