import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemPackages } from '../scripts/system-packages.mjs'
import { hidePrograms } from '../scripts/test/hidden-programs.mjs'
import { repository } from './support/sources.ts'

// Static checks must not depend on installed programs, so `npm test` runs them with those programs hidden.

const hiding = hidePrograms(process.execPath)
const prefix = 'reason' in hiding ? [] : hiding

function runHidden(args: readonly string[], cwd = repository) {
  const [command = '', ...rest] = [...prefix, process.execPath, ...args]
  return spawnSync(command, rest, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

describe('with hidden programs', () => {
  it('no program that a test requires is found, by name or by path', (ctx) => {
    ctx.skip('reason' in hiding, 'reason' in hiding ? hiding.reason : '')
    const commands = systemPackages.flatMap((one) => one.commands ?? [])
    const files = systemPackages.flatMap(({ file }) =>
      file?.startsWith('/usr/bin') || file?.startsWith('/usr/sbin') ? [file] : [],
    )
    expect(commands.length).toBeGreaterThan(3)
    expect(files.length).toBeGreaterThan(3)
    const program = `
      const { existsSync } = require('node:fs')
      const { delimiter, join } = require('node:path')
      const folders = [...process.env.PATH.split(delimiter), '/usr/sbin', '/usr/bin']
      const [commands, files] = JSON.parse(process.argv[1])
      const found = commands.filter((name) => folders.some((folder) => existsSync(join(folder, name))))
      console.log(JSON.stringify([...found, ...files.filter((file) => existsSync(file))]))
    `
    const { stdout, stderr } = runHidden(['--eval', program, JSON.stringify([commands, files])])
    expect([JSON.parse(stdout || '"no output"'), stderr]).toEqual([[], ''])
  })

  it('the check for unused code reports a program by its path, installed or not', (ctx) => {
    ctx.skip('reason' in hiding, 'reason' in hiding ? hiding.reason : '')
    const folder = mkdtempSync(join(tmpdir(), 'keyporter-knip-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'package.json'), '{"name":"a","private":true,"type":"module"}')
    writeFileSync(
      join(folder, 'index.js'),
      "import { spawn } from 'node:child_process'\nspawn('/usr/bin/env', ['true'])\nspawn('/usr/bin/cat')\n",
    )
    const { status, stdout } = runHidden(
      [join(repository, 'node_modules/knip/bin/knip.js'), '--no-progress'],
      folder,
    )
    expect([status, stdout]).toEqual([1, expect.stringContaining('/usr/bin/cat')])
  })
})
