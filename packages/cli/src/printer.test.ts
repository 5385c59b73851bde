import { describe, expect, it } from 'vitest'
import { createPrinter } from './printer.ts'

function printer(isTTY: boolean) {
  const written: string[] = []
  const stdout = {
    isTTY,
    write: (chunk: string | Uint8Array) => written.push(String(chunk)) > 0,
    once: () => undefined,
  }
  const stdin = process.stdin
  return { ...createPrinter({ env: {}, stdin, stdout, stderr: stdout }, 'text'), written }
}

const rows = [
  ['cred_1', 'Zeus'],
  ['cred_22', 'Ёлка'],
]

describe('a table', () => {
  it('is aligned below its header at a terminal', async () => {
    const { table, written } = printer(true)
    await table(['id', 'name'], rows)
    expect(written.join('')).toBe('ID       NAME\ncred_1   Zeus\ncred_22  Ёлка\n')
  })

  it('has one line of tab-separated cells per row otherwise', async () => {
    const { table, written } = printer(false)
    await table(['id', 'name'], rows)
    expect(written.join('')).toBe('cred_1\tZeus\ncred_22\tЁлка\n')
  })

  it('replaces control characters of names', async () => {
    const { table, written } = printer(false)
    await table(['id', 'name'], [['cred_1', 'Ze\u001b[2Jus\tof\nOlympus']])
    expect(written.join('')).toBe('cred_1\tZe [2Jus of Olympus\n')
  })
})
