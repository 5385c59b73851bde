import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { spawnNpm } from '../scripts/setup/npm.mjs'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from './support/server-process.ts'
import { readText, repository } from './support/sources.ts'

// Installs the published packages from their tarballs into an empty project, and uses them there.

const TIMEOUT_MS = 240_000
const OLD_NODE_VERSION = 20

const project = mkdtempSync(join(tmpdir(), 'keyporter-project-'))
const names = [
  '@keyporter/protocol',
  '@keyporter/contract',
  '@keyporter/sdk',
  '@keyporter/server',
  'keyporter',
]
const bin = join(project, 'node_modules', 'keyporter', 'dist', 'main.js')
const bundle = join(repository, 'packages/server/dist/keyporter.mjs')
/** The reason why the packages could not be installed. */
let installError: string | undefined
let oldNode: string | { readonly reason: string }
let server: ServerProcess

beforeAll(async () => {
  const tarballs = join(project, 'tarballs')
  const packed = await run([process.execPath, join(repository, 'scripts/packages.mjs'), tarballs])
  if (packed.code !== 0) throw new Error(packed.stderr)
  const files = readdirSync(tarballs).map((name) => join(tarballs, name))
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}\n')
  installError = await install(files)
  if (installError !== undefined) return
  oldNode = await findOldNode()
  const directory = newDirectory()
  server = await startServerProcess(firstStartEnv(directory), ['serve'], bin)
  const { clientId, clientSecret } = readManager(directory)
  Object.assign(clientEnvironment, {
    KEYPORTER_URL: server.url,
    KEYPORTER_CLIENT_ID: clientId,
    KEYPORTER_CLIENT_SECRET: clientSecret,
  })
}, TIMEOUT_MS)
beforeEach((ctx) =>
  ctx.skip(installError !== undefined, `the packages were not installed: ${installError}`),
)
afterAll(async () => {
  await server?.end('SIGTERM')
  rmSync(project, { recursive: true, force: true })
})

const clientEnvironment: Record<string, string> = {}

type CommandResult = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end, without the environment that npm sets for scripts. */
async function run([command = '', ...args]: readonly string[]): Promise<CommandResult> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, args, {
    cwd: project,
    env: { PATH, HOME, NO_COLOR: '1', ...clientEnvironment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (part: string) => {
      written[name] += part
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...written }))
  })
}

/** Returns the reason if the registry is unreachable; throws every other error. */
async function install(packages: readonly string[]): Promise<string | undefined> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  // Without these options, npm tries each package for a minute if the registry is unreachable.
  const retries = ['--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=500']
  const npm = spawnNpm(['install', ...quiet, ...retries, ...packages], { folder: project })
  let errors = ''
  npm.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors += part
  })
  const [code] = await once(npm, 'close')
  if (code === 0) return undefined
  const unreachable =
    /\b(E(NOTFOUND|AI_AGAIN|CONN\w+|TIMEDOUT|NETUNREACH)|ENOTCACHED|\w*_CERT\w*)\b/
  const [reason] = unreachable.exec(errors) ?? []
  if (reason !== undefined) return `npm cannot reach a registry: ${reason}`
  throw new Error(errors)
}

/** Returns the path of the older Node: from PATH, otherwise from npm. */
async function findOldNode(): Promise<string | { readonly reason: string }> {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((file) =>
      spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout?.startsWith(
        `v${OLD_NODE_VERSION}.`,
      ),
    )
  if (found !== undefined) return found
  const name = `node-${process.platform}-${process.arch}`
  const reason = await install([`${name}@${OLD_NODE_VERSION}`]).catch(
    () => `npm has no ${name}@${OLD_NODE_VERSION}`,
  )
  return reason === undefined ? join(project, 'node_modules', name, 'bin', 'node') : { reason }
}

describe('each package', () => {
  it.each(names)('%s contains the licence', (name) => {
    const licence = readFileSync(join(project, 'node_modules', name, 'LICENSE'), 'utf8')
    expect(licence).toBe(readText('LICENSE'))
  })
})

describe('on the required Node version', () => {
  it('the server serves the console, and parses a document in its worker', async () => {
    const page = await fetch(server.url, { headers: { accept: 'text/html' } })
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text()) ?? []
    const asset = await fetch(`${server.url}${script}`)
    expect([page.status, asset.status, asset.headers.get('content-type')]).toEqual([
      200,
      200,
      'text/javascript; charset=utf-8',
    ])
    const document = join(project, 'openapi.json')
    const paths = { '/contacts': { get: { tags: ['CONTACT'] } } }
    const info = { title: 'Contacts', version: '1' }
    writeFileSync(document, JSON.stringify({ openapi: '3.1.0', info, paths }))
    const { code, stdout, stderr } = await run([process.execPath, bin, 'apis', 'import', document])
    expect([code, stderr]).toEqual([0, expect.stringContaining('Preview only')])
    expect(stdout).toContain('CONTACT_READ')
  })

  it('the CLI and the SDK call the server', async () => {
    const apis = await run([process.execPath, bin, 'apis', 'list', '--json'])
    expect([apis.code, apis.stderr]).toEqual([0, ''])
    expect(JSON.parse(apis.stdout).data[0].slug).toBe('keyporter')
    expect(await useSdk(process.execPath)).toEqual({ code: 0, stdout: 'keyporter\n', stderr: '' })
  })
})

describe(`on Node ${OLD_NODE_VERSION}`, () => {
  beforeEach((ctx) =>
    ctx.skip(typeof oldNode !== 'string', typeof oldNode === 'string' ? '' : oldNode.reason),
  )
  const node = () => (typeof oldNode === 'string' ? oldNode : oldNode.reason)

  it('the SDK works', async () => {
    expect(await useSdk(node())).toEqual({ code: 0, stdout: 'keyporter\n', stderr: '' })
  })

  it.each([
    ['the CLI', bin],
    ['the bundle', bundle],
  ])('%s names the required Node version in one sentence', async (_name, program) => {
    const { code, stdout, stderr } = await run([node(), program, 'serve'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^[Kk]eyporter requires Node\.js 24 or newer; this is 20\.\d+\.\d+\. Install it from \S+\.\n$/,
    )
  })
})

/** Runs a program that lists APIs with the SDK. */
function useSdk(node: string): Promise<CommandResult> {
  const program = `
    import { createKeyporter } from '@keyporter/sdk'
    const [api] = (await createKeyporter().apis.list({ slug: 'keyporter' })).data
    console.log(api.slug)
  `
  return run([node, '--input-type=module', '--eval', program])
}
