import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { spawnNpm } from '../scripts/setup/npm.mjs'
import {
  firstStart,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from './support/process.ts'
import { readText, repository } from './support/sources.ts'

// The published packages, installed from their tarballs into an empty project.

const PATIENCE_MS = 240_000
const OLD = 20

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
/** Why the packages could not be installed. */
let refusal: string | undefined
let oldNode: string | { readonly reason: string }
let server: ServerProcess

beforeAll(async () => {
  const tarballs = join(project, 'tarballs')
  const packed = await run([process.execPath, join(repository, 'scripts/packages.mjs'), tarballs])
  if (packed.code !== 0) throw new Error(packed.stderr)
  const files = readdirSync(tarballs).map((name) => join(tarballs, name))
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}\n')
  refusal = await install(files)
  if (refusal !== undefined) return
  oldNode = await findOldNode()
  const directory = newDirectory()
  server = await startServerProcess(firstStart(directory), ['serve'], bin)
  const { clientId, clientSecret } = readManager(directory)
  Object.assign(clientEnvironment, {
    KEYPORTER_URL: server.url,
    KEYPORTER_CLIENT_ID: clientId,
    KEYPORTER_CLIENT_SECRET: clientSecret,
  })
}, PATIENCE_MS)
beforeEach((ctx) => ctx.skip(refusal !== undefined, `the packages were not installed: ${refusal}`))
afterAll(async () => {
  await server?.end('SIGTERM')
  rmSync(project, { recursive: true, force: true })
})

const clientEnvironment: Record<string, string> = {}

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Runs a command to its end, without the settings that npm hands to the scripts that it runs. */
async function run([command = '', ...args]: readonly string[]): Promise<Ended> {
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

/** Gives the reason where the registry cannot be reached; fails for everything else. */
async function install(packages: readonly string[]): Promise<string | undefined> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  // An npm that reaches no registry tries each package three times, for a minute, unless told otherwise.
  const patience = ['--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=500']
  const npm = spawnNpm(['install', ...quiet, ...patience, ...packages], { folder: project })
  let errors = ''
  npm.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors += part
  })
  const [code] = await once(npm, 'close')
  if (code === 0) return undefined
  const unreachable =
    /\b(E(NOTFOUND|AI_AGAIN|CONN\w+|TIMEDOUT|NETUNREACH)|ENOTCACHED|\w*_CERT\w*)\b/
  const [reason] = unreachable.exec(errors) ?? []
  if (reason !== undefined) return `npm reaches no registry: ${reason}`
  throw new Error(errors)
}

/** A Node of the older version: one on the path, else from npm. */
async function findOldNode(): Promise<string | { readonly reason: string }> {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((file) =>
      spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout?.startsWith(`v${OLD}.`),
    )
  if (found !== undefined) return found
  const name = `node-${process.platform}-${process.arch}`
  const refused = await install([`${name}@${OLD}`]).catch(() => `npm has no ${name}@${OLD}`)
  return refused === undefined
    ? join(project, 'node_modules', name, 'bin', 'node')
    : { reason: refused }
}

describe('each package', () => {
  it.each(names)('%s comes with the licence', (name) => {
    const licence = readFileSync(join(project, 'node_modules', name, 'LICENSE'), 'utf8')
    expect(licence).toBe(readText('LICENSE'))
  })
})

describe('on the Node that it needs', () => {
  it('the server serves the console, and reads a document in its worker', async () => {
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
    expect([code, stderr]).toEqual([0, expect.stringContaining('A preview')])
    expect(stdout).toContain('CONTACT_READ')
  })

  it('the command line asks the server, and the SDK does', async () => {
    const apis = await run([process.execPath, bin, 'apis', 'list', '--json'])
    expect([apis.code, apis.stderr]).toEqual([0, ''])
    expect(JSON.parse(apis.stdout).data[0].slug).toBe('keyporter')
    expect(await useSdk(process.execPath)).toEqual({ code: 0, stdout: 'keyporter\n', stderr: '' })
  })
})

describe(`on Node ${OLD}`, () => {
  beforeEach((ctx) =>
    ctx.skip(typeof oldNode !== 'string', typeof oldNode === 'string' ? '' : oldNode.reason),
  )
  const node = () => (typeof oldNode === 'string' ? oldNode : oldNode.reason)

  it('the SDK works', async () => {
    expect(await useSdk(node())).toEqual({ code: 0, stdout: 'keyporter\n', stderr: '' })
  })

  it.each([
    ['the command line', bin],
    ['the bundle', bundle],
  ])('%s says in one sentence which Node it needs', async (_name, program) => {
    const { code, stdout, stderr } = await run([node(), program, 'serve'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^[Kk]eyporter needs Node\.js 24 or newer; this is 20\.\d+\.\d+\. Install it from \S+\.\n$/,
    )
  })
})

/** Asks the server for its first API by a program that imports the SDK. */
function useSdk(node: string): Promise<Ended> {
  const program = `
    import { createKeyporter } from '@keyporter/sdk'
    const [api] = (await createKeyporter().apis.list({ slug: 'keyporter' })).data
    console.log(api.slug)
  `
  return run([node, '--input-type=module', '--eval', program])
}
