import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { python } from '../support/external-program.ts'

/** OpenStack Swift with the S3 API on a local port. */
export type SwiftServer = {
  readonly port: number
  readonly stop: () => Promise<void>
}

/** The administrator of the Swift account. */
export const swiftUser = { accessKeyId: 'test:tester', secretAccessKey: 'the-right-secret' }

const PROGRAM = join(import.meta.dirname, 'programs', 'swift-server.py')

/** Starts all Swift servers in one child process, which ends with the test process. */
export async function startSwift(): Promise<SwiftServer> {
  const directory = mkdtempSync(join(tmpdir(), 'keyporter-swift-'))
  const { accessKeyId, secretAccessKey } = swiftUser
  const child = spawn(python(), [PROGRAM, directory, accessKeyId, secretAccessKey], {
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors += part
  })
  const closed = once(child, 'close').then(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  const firstLine = once(child.stdout.setEncoding('utf8'), 'data').then(([text]) => Number(text))
  const port = await Promise.race([
    firstLine,
    closed.then(() => {
      throw new Error(`Swift did not start:\n${errors}`)
    }),
  ])
  return {
    port,
    stop: async () => {
      child.stdin.end()
      await closed
    },
  }
}
