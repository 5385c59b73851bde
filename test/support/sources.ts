import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'

/** A source file as the architecture tests see it. Paths are relative to the repository, with slashes. */
export interface Source {
  readonly path: string
  readonly text: string
  /** The text without comments and without what stands between quotes. */
  readonly code: string
  /** What it imports: a path of the repository, or the name of a package or of a part of Node. */
  readonly imports: readonly string[]
}

export const repository = resolve(import.meta.dirname, '../..')

/** Every source file under a folder, tests left out: they may look wherever they like. */
export function readSources(folder: string): Source[] {
  return listFiles(folder)
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    .map(readSource)
}

/** Every file under a folder; none when there is no such folder. */
export function listFiles(folder: string): string[] {
  if (!existsSync(resolve(repository, folder))) return []
  return readdirSync(resolve(repository, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name)
      return entry.isDirectory() ? listFiles(path) : [path]
    })
    .sort()
}

export function readText(path: string): string {
  return readFileSync(resolve(repository, path), 'utf8')
}

/** Makes a source of a text, as if it stood at that path. */
export function parseSource(path: string, text: string): Source {
  const uncommented = withoutComments(text)
  return {
    path,
    text,
    code: withoutQuotations(uncommented),
    imports: specifiersIn(uncommented).map((specifier) => resolveSpecifier(specifier, path)),
  }
}

function readSource(path: string): Source {
  return parseSource(path, readText(path))
}

const commentOrQuotation =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g

function withoutComments(text: string): string {
  return text.replace(commentOrQuotation, (part) => (part.startsWith('/') ? ' ' : part))
}

function withoutQuotations(text: string): string {
  // What a template inserts is code.
  return text.replace(commentOrQuotation, (part) =>
    part.startsWith('`') ? (part.match(/\$\{[^}]*\}/g) ?? []).join(' ') : "''",
  )
}

const importStatement =
  /(?:^|[\s;])(?:import|export)\s(?:[^'";]*?\sfrom\s*)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/g

function specifiersIn(code: string): string[] {
  return [...code.matchAll(importStatement)].flatMap((match) => match[1] ?? match[2] ?? [])
}

function resolveSpecifier(specifier: string, from: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier
}
