import { existsSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listFiles, readText, repository } from './support/sources.ts'

const documents = [
  ...['README.md', 'AGENTS.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'].filter(exists),
  ...['docs', 'packages', 'examples', 'bench', 'test'].flatMap(listFiles),
].filter((path) => path.endsWith('.md'))

describe('a document', () => {
  test.each(documents)('%s links to existing files', (path) => {
    const prose = readText(path).replaceAll(/```[\s\S]*?```/g, '')
    const targets = [...prose.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => to)
    const own = targets.filter((to) => !/^[a-z]+:/.test(to))
    expect(own.filter((to) => !exists(posix.join(posix.dirname(path), to)))).toEqual([])
  })

  test.each(documents)('%s names existing files', (path) => {
    const named = readText(path).match(/(?<=`)(?:packages|test|scripts|docs)\/[\w./-]+(?=`)/g)
    expect((named ?? []).filter((file) => !exists(file))).toEqual([])
  })
})

describe('docs/parity.md', () => {
  const rows = readText('docs/parity.md')
    .split('\n')
    .filter((line) => /^\| [A-F]\d/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))

  test('has each row once, in order', () => {
    const counts = { A: 12, B: 6, C: 5, D: 9, E: 8, F: 20 }
    const ids = Object.entries(counts).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    )
    expect(rows.map(([, id]) => id)).toEqual(ids)
  })

  test('states works, partly or not yet, with a test for each available feature', () => {
    const unproven = rows.filter(([, , , state, , proof = '']) => {
      if (state === 'not yet') return proof !== '–'
      return !(state === 'works' || state === 'partly') || !proof.includes('.test.ts`')
    })
    expect(unproven.map(([, id]) => id)).toEqual([])
  })
})

function exists(path: string): boolean {
  return existsSync(resolve(repository, path))
}
