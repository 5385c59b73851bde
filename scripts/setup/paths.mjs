// Paths of the repository.
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const modules = join(root, 'node_modules')
export const binaries = join(modules, '.bin')
export const serverDist = join(root, 'packages', 'server', 'dist')
// Inside the server's output, because the published server contains the console.
export const consoleDist = join(serverDist, 'console')

/** Returns the environment of npm scripts: node_modules/.bin, including the pinned Node, is first on the path. */
export function scriptEnvironment() {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...process.env, [name]: `${binaries}${delimiter}${process.env[name] ?? ''}` }
}
