import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { reservePort } from '../../packages/server/src/platform/reserved-port.ts'
import { makeCertificate } from './certificates.ts'
import { readText } from './sources.ts'
import { findProgram } from './system-packages.ts'

/** A third-party reverse proxy in front of a server, configured as the guide says. */
export type ReverseProxy = {
  readonly url: string
  /** The same over TLS, with a certificate of an untrusted authority. */
  readonly secureUrl: string
  readonly authority: string
  /** Stops the proxy. Returns the targets of all requests that the proxy received, valid or not. */
  readonly stop: () => Promise<readonly string[]>
}

export type ReverseProxyName = keyof typeof reverseProxies

const GUIDE = 'docs/guides/behind-a-reverse-proxy.md'
const LOCALHOST = '127.0.0.1'

/** The differences from the guide: addresses, paths, and a log of the received requests. */
const reverseProxies = {
  nginx: {
    args: (directory: string) => ['-p', directory, '-c', 'front.conf', '-e', 'stderr'],
    // Ends after the open requests, and writes them to the log.
    finish: 'SIGQUIT',
    configure: (snippet: string, { server, port, securePort, directory }: ReverseProxyLocation) => `
      daemon off;
      # Started by root, nginx would change to a user without write access to this folder.
      user root;
      worker_processes 1;
      pid nginx.pid;
      events { worker_connections 1024; }
      http {
        log_format taken 'taken $request';
        access_log taken.log taken;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        # Short, so that raw exchanges end soon: they wait for the connection to close.
        keepalive_timeout 1s;
        ${replaceEach(snippet, {
          'server 127.0.0.1:8080': `server ${server}`,
          'listen 443 ssl;': `listen ${LOCALHOST}:${port}; listen ${LOCALHOST}:${securePort} ssl;`,
          '/etc/ssl/keys.example.com.pem': join(directory, 'cert.pem'),
          '/etc/ssl/keys.example.com.key': join(directory, 'key.pem'),
        })}
      }`,
    readLog: (directory: string) => readFileSync(join(directory, 'taken.log'), 'latin1'),
  },
  haproxy: {
    args: (directory: string) => ['-db', '-f', join(directory, 'front.conf')],
    finish: 'SIGUSR1',
    configure: (snippet: string, { server, port, securePort, directory }: ReverseProxyLocation) =>
      replaceEach(snippet, {
        'defaults\n': `global\n  log stdout format raw local0\ndefaults\n  log global\n  log-format "taken %r"\n  timeout http-keep-alive 1s\n`,
        'first 127.0.0.1:8080': `first ${server}`,
        'bind :443 ': `bind ${LOCALHOST}:${port}\n  bind ${LOCALHOST}:${securePort} `,
        '/etc/ssl/keys.example.com.both.pem': join(directory, 'both.pem'),
      }),
    readLog: (_directory: string, output: string) => output,
  },
} as const

type ReverseProxyLocation = {
  readonly server: string
  readonly port: number
  readonly securePort: number
  readonly directory: string
}

/** Starts a reverse proxy on free loopback ports. The proxy is stopped when the test ends. */
export async function startReverseProxy(
  name: ReverseProxyName,
  serverUrl: string,
): Promise<ReverseProxy> {
  const { args, finish, configure, readLog } = reverseProxies[name]
  const directory = mkdtempSync(join(tmpdir(), 'keyporter-front-'))
  const reservedPorts = [await reservePort(LOCALHOST), await reservePort(LOCALHOST)] as const
  const [{ port }, { port: securePort }] = reservedPorts
  const authority = makeCertificate({ name: 'Authority of the test', isAuthority: true })
  const { cert, key } = makeCertificate({ name: 'leaf', issuer: authority, hosts: [LOCALHOST] })
  const files = {
    'cert.pem': cert,
    'key.pem': key,
    'both.pem': cert + key,
    'front.conf': configure(readSnippet(name), {
      server: new URL(serverUrl).host,
      port,
      securePort,
      directory,
    }),
  }
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text)
  for (const { release } of reservedPorts) release()
  const child = spawn(findProgram(name), args(directory), {
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('latin1').on('data', (part: string) => {
      output += part
    })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(directory, { recursive: true, force: true })
  })
  while (!(await accepts(port)))
    if (child.exitCode !== null) throw new Error(`${name} did not start:\n${output}`)
  return {
    url: `http://${LOCALHOST}:${port}`,
    secureUrl: `https://${LOCALHOST}:${securePort}`,
    authority: authority.cert,
    stop: async () => {
      child.kill(finish)
      await ended
      return readTargets(readLog(directory, output))
    },
  }
}

/** Returns the guide's block for this proxy. */
function readSnippet(name: ReverseProxyName): string {
  const [, snippet] = readText(GUIDE).split(`\`\`\`${name}\n`)
  if (snippet === undefined) throw new Error(`${GUIDE} has no block of ${name}`)
  return snippet.slice(0, snippet.indexOf('```'))
}

function replaceEach(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`${GUIDE} no longer says: ${from}`)
    return before.replace(from, () => to)
  }, text)
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, LOCALHOST)
  const isOpen = await new Promise<boolean>((resolve) =>
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
  )
  socket.destroy()
  if (!isOpen) await sleep(20)
  return isOpen
}

function readTargets(log: string): readonly string[] {
  return [...log.matchAll(/^taken "?\S+ (\S+) HTTP/gm)].map(([, target = '']) => target)
}
