import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'

/**
 * A source file as the architecture tests read it. Paths are relative to the repository, with
 * slashes.
 */
export interface Source {
  readonly path: string
  readonly text: string
  /** The text without comments and without the content of strings. */
  readonly code: string
  /** The imports: paths in the repository, and names of packages or Node modules. */
  readonly imports: readonly string[]
}

/** The root of the repository. */
export const repository = resolve(import.meta.dirname, '../..')

/** Returns every source file under a folder, without tests, which may import anything. */
export function readSources(folder: string): Source[] {
  return listFiles(folder)
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    .map(readSource)
}

/** Returns every file under a folder, or none if the folder does not exist. */
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

/** Parses a text as the source at this path. */
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
  // The expressions in a template are code.
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
