// nginx as a proxy: one process that adds a header and forwards requests over persistent connections. It is a
// package of the operating system; tests and benchmarks use the same path.
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makePairs } from '../harness/clients.mjs'
import { findFreePort } from '../harness/free-port.mjs'
import { SERVER_CORE, startPinned, stopPinned } from '../harness/pinned-process.mjs'
import { makeTemporaryDirectory } from '../harness/temporary-directory.mjs'
import { UPSTREAM_AUTHORIZATION } from './payloads.mjs'
import { peerScenarios } from './scenarios.mjs'

const COMMAND = '/usr/sbin/nginx'
const HOST = '127.0.0.1'

/** Returns the version of nginx, or undefined if nginx is not installed. */
export function nginxVersion() {
  if (!existsSync(COMMAND)) return undefined
  return /nginx\/([\d.]+)/.exec(spawnSync(COMMAND, ['-v'], { encoding: 'utf8' }).stderr)?.[1]
}

/**
 * @param {string} origin of the upstream
 * @returns {Promise<import('../harness/peer-server.mjs').Server>}
 */
export async function startNginx(origin) {
  const directory = makeTemporaryDirectory()
  const port = await findFreePort()
  writeFileSync(join(directory, 'nginx.conf'), configuration(new URL(origin).host, port))
  const args = ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr']
  const started = startPinned({ core: SERVER_CORE, command: COMMAND, args })
  while (!(await accepts(port))) {
    if (started.child.exitCode !== null)
      throw new Error(`nginx did not start:\n${started.errors()}`)
    await sleep(20)
  }
  const scenarios = peerScenarios(makePairs())
  return { pid: started.child.pid, port, scenarios, stop: () => stopPinned(started) }
}

/**
 * Bodies stream, as with the other proxies. nginx runs as a single process, which is measured.
 *
 * @param {string} upstreamHost
 * @param {number} port
 */
function configuration(upstreamHost, port) {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
    daemon off;
    master_process off;
    pid nginx.pid;
    events { worker_connections 1024; }
    http {
      access_log off;
      ${folders.map((name) => `${name}_temp_path ${name};`).join(' ')}
      keepalive_requests 1000000000;
      client_max_body_size 0;
      upstream upstream_servers {
        server ${upstreamHost};
        keepalive 128;
        keepalive_requests 1000000000;
      }
      server {
        listen ${HOST}:${port};
        location / {
          proxy_pass http://upstream_servers;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Authorization "${UPSTREAM_AUTHORIZATION}";
          proxy_request_buffering off;
          proxy_buffering off;
        }
      }
    }
  `
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
async function accepts(port) {
  const socket = connect(port, HOST)
  const isOpen = await new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.destroy()
  return isOpen
}
