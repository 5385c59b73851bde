import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { newDirectory, startServerProcess } from './support/process.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

it('the walk of the README, line by line, ends with a call that is allowed, refused, and refused for good', async () => {
  const directory = newDirectory()
  symlinkSync(join(root, 'examples'), join(directory, 'examples'))
  mkdirSync(join(directory, 'data'), { mode: 0o700 })
  const server = await startServerProcess({
    KEYPORTER_DATA_DIR: join(directory, 'data'),
    KEYPORTER_PORT: '0',
  })
  try {
    const walk = readWalk()
    expect(walk).toContain('http://127.0.0.1:8080')
    const output = await runShell(walk.replace('http://127.0.0.1:8080', server.url), directory)
    const [setup, api, allowed, refused, revoked, dead] = output.map((line) => JSON.parse(line))
    expect(setup.organization).toMatchObject({ name: 'Acme', operator: true })
    expect(api.permissions).toHaveLength(14)
    expect(allowed).toMatchObject({ valid: true, code: 'valid' })
    expect(refused).toMatchObject({
      valid: false,
      code: 'insufficient_permissions',
      missingPermissions: ['CONTACT_DELETE'],
    })
    expect(revoked).toMatchObject({ status: 'revoked', revokedReason: 'no longer needed' })
    expect(dead).toMatchObject({ valid: false, code: 'revoked' })
  } finally {
    await server.end('SIGTERM')
  }
})

/** The second shell block: the first holds the two commands. */
function readWalk(): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '')
  return blocks.find((block) => block.includes('/v1/setup')) ?? ''
}

/** Runs the lines one after the other and gives what each request answered, a line each. */
async function runShell(script: string, directory: string): Promise<string[]> {
  // Answers end without a line feed: one is written after each command that printed something.
  const lines = script
    .split('\n')
    .map((line) => (line.startsWith('curl') && !line.includes(' -o ') ? `${line}; echo` : line))
  const child = spawn('sh', ['-e', '-c', lines.join('\n')], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (part: string) => {
    text += part
  })
  await new Promise((resolve) => child.once('close', resolve))
  return text.split('\n').filter((line) => line !== '')
}
